/* SPDX-License-Identifier: GPL-2.0-only */
/* The pages of a library squeezed into so many cells, for screens and pictures. */
#ifndef LIBSHARE_PAGEMAP_H
#define LIBSHARE_PAGEMAP_H

#include "snapshot.h"

struct libshare_cell {
	uint64_t cached;	/* pages of the cell that are in the page cache */
	uint64_t sharers;	/* the most processes that map one of its pages */
	uint64_t copies;	/* of all of its pages */
};

struct libshare_pagemap {
	uint64_t pages;		/* of the library */
	uint64_t per_cell;	/* pages that a cell stands for; the last may have fewer */
	uint64_t sharers;	/* the most of any cell */
	size_t nr;		/* cells */
	struct libshare_cell *cell;
};

/* How many processes share a page, in steps that people tell apart. */
enum libshare_shade {
	LIBSHARE_ABSENT,
	LIBSHARE_UNMAPPED,
	LIBSHARE_BY_1,
	LIBSHARE_BY_2,		/* 2 or 3 */
	LIBSHARE_BY_4,		/* 4 to 7 */
	LIBSHARE_BY_8,		/* 8 to 15 */
	LIBSHARE_BY_16,		/* 16 and more */
	LIBSHARE_SHADES,
};

void libshare_pagemap_make(struct libshare_pagemap *map, const struct libshare_snapshot *snap,
			   const struct libshare_library *lib, size_t cells);
enum libshare_shade libshare_pagemap_shade(const struct libshare_cell *cell);
const char *libshare_pagemap_section(const struct libshare_snapshot *snap,
				     const struct libshare_library *lib, uint64_t page);

#endif
