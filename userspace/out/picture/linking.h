/* SPDX-License-Identifier: GPL-2.0-only */
/* The columns of picture_linking.c: grids of pages, one for each file and mapping. */
#ifndef PICTURE_LINKING_H
#define PICTURE_LINKING_H

#include "out/picture/linkmap.h"
#include "out/picture/own.h"
#include "out/picture/picture.h"

#define LINKING_ROW 32		/* pages side by side */
#define LINKING_CELL 8.0	/* width and height of a page */
#define LINKING_GRID (LINKING_ROW * LINKING_CELL)
#define LINKING_INPUTS 4	/* input files that have a colour; the others share one */

extern const struct ink linking_copy;
extern const struct ink linking_input[LINKING_INPUTS + 1];

/* A file, and where it is drawn. */
struct linking_file {
	const struct library *lib;
	struct pagemap map;
	unsigned char *from;	/* of each page: bits of inputs, or NULL */
	double x, y;		/* of its grid */
};

double linking_height(uint64_t pages);
void linking_edge(cairo_t *cr, double x, double y, uint64_t pages);
void linking_file_draw(cairo_t *cr, const struct linking_file *file, uint64_t page_size);
void linking_own_draw(cairo_t *cr, double x, double y, const struct own *own,
		      const struct linking_file *file);
void linking_from_find(struct linking_file *file, const struct linkmap *map,
		       const struct snapshot *snap);
double linking_inputs_height(const struct linkmap *map);
void linking_inputs_draw(cairo_t *cr, double x, double y, double width,
			 const struct linkmap *map, const struct linking_file *file);

#endif
