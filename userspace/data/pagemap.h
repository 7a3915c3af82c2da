/* SPDX-License-Identifier: GPL-2.0-only */
/* The pages of a library squeezed into so many cells, for screens and pictures. */
#ifndef PAGEMAP_H
#define PAGEMAP_H

#include "data/snapshot.h"

struct cell {
	uint64_t cached;	/* pages of the cell that are in the page cache */
	uint64_t sharers;	/* the most processes that map one of its pages */
	uint64_t copies;	/* of all of its pages */
};

struct pagemap {
	uint64_t pages;		/* of the library */
	uint64_t per_cell;	/* pages that a cell stands for; the last may have fewer */
	uint64_t sharers;	/* the most of any cell */
	size_t nr;		/* cells */
	struct cell *cell;
};

/* How many processes share a page, in steps that people tell apart. */
enum shade {
	ABSENT,
	UNMAPPED,
	BY_1,
	BY_2,		/* 2 or 3 */
	BY_4,		/* 4 to 7 */
	BY_8,		/* 8 to 15 */
	BY_16,		/* 16 and more */
	SHADES,
};

void pagemap_make(struct pagemap *map, const struct snapshot *snap,
		  const struct library *lib, size_t cells);
enum shade pagemap_shade(const struct cell *cell);
const char *pagemap_section(const struct snapshot *snap,
			    const struct library *lib, uint64_t page);

#endif
