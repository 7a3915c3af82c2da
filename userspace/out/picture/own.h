/* SPDX-License-Identifier: GPL-2.0-only */
/* Which pages of a mapping a process has, as far as the tables tell. */
#ifndef PICTURE_OWN_H
#define PICTURE_OWN_H

#include "data/pagemap.h"

struct own {
	uint64_t first, pages;	/* of the file, in the mapping */
	bool known;		/* otherwise only amounts are */
	bool *mapped;		/* of each of them: the file's page */
	bool *copied;		/* or a copy */
};

void own_make(struct own *own, const struct snapshot *snap, const struct mapping *map,
	      const struct pagemap *file);
void own_free(struct own *own);

#endif
