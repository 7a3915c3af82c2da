// SPDX-License-Identifier: GPL-2.0-only
/* The page map of a library as a picture, its sections named along the edge. */
#include <inttypes.h>

#include "alloc.h"
#include "picture.h"
#include "text.h"

#define COLUMNS_MOST 64
#define ROWS_MOST 128
#define GRID 640.0		/* its width */
#define LEFT 170.0		/* for the names of sections */
#define LINE 11.0		/* height of a line of them */
#define TOP 84.0
#define BOTTOM 46.0

struct grid {
	size_t columns;
	double cell;		/* its width and height, with the gap */
};

/* The fewer pages, the larger are their cells. */
static struct grid make_grid(uint64_t pages)
{
	struct grid grid = { .columns = COLUMNS_MOST };

	while (grid.columns > 16 && pages <= grid.columns * grid.columns / 4)
		grid.columns /= 2;
	grid.cell = GRID / grid.columns;
	return grid;
}

static void draw_cells(cairo_t *cr, const struct libshare_pagemap *map, const struct grid *grid)
{
	double size = grid->cell;
	size_t i;

	for (i = 0; i < map->nr; i++) {
		const struct libshare_cell *cell = &map->cell[i];
		double x = LEFT + i % grid->columns * size, y = TOP + i / grid->columns * size;

		libshare_picture_ink(cr, &libshare_ink_shade[libshare_pagemap_shade(cell)], 1);
		cairo_rectangle(cr, x, y, size - 1, size - 1);
		cairo_fill(cr);
		if (cell->copies) {
			/* Where the file's page is used as well, both are seen. */
			libshare_picture_ink(cr, &libshare_ink_copy, 1);
			cairo_rectangle(cr, x, cell->sharers ? y + size / 2 : y, size - 1,
					(cell->sharers ? size / 2 : size) - 1);
			cairo_fill(cr);
		}
	}
	libshare_picture_ink(cr, &libshare_ink_faint, 1);
	cairo_set_line_width(cr, 0.5);
	cairo_rectangle(cr, LEFT - 1, TOP - 1, GRID + 1,
			(map->nr + grid->columns - 1) / grid->columns * size + 1);
	cairo_stroke(cr);
}

static int by_offset(const void *a, const void *b)
{
	const struct libshare_elf *x = *(const struct libshare_elf *const *)a;
	const struct libshare_elf *y = *(const struct libshare_elf *const *)b;

	return (x->offset > y->offset) - (x->offset < y->offset);
}

/* The names of a row: a line each, and what is left in the last line. */
static void draw_row_names(cairo_t *cr, const struct libshare_elf **elf, size_t nr,
			   double y, const struct grid *grid)
{
	size_t lines = grid->cell > LINE ? grid->cell / LINE : 1, i, line = 0;
	char names[256] = "";

	libshare_picture_ink(cr, &libshare_ink_text, 1);
	for (i = 0; i < nr; i++) {
		size_t len = strlen(names);

		snprintf(names + len, sizeof(names) - len, "%s%s", len ? " " : "",
			 elf[i]->section);
		if (line + 1 < lines || i + 1 == nr) {
			libshare_picture_text(cr, 12, y + LINE * line + 8, 9, LEFT - 20, "%s",
					      names);
			*names = 0;
			line++;
		}
	}
}

/* Names of the sections that begin in each row, as far as there is room. */
static void draw_names(cairo_t *cr, const struct libshare_snapshot *snap,
		       const struct libshare_library *lib, const struct libshare_pagemap *map,
		       const struct grid *grid)
{
	size_t all = snap->table[LIBSHARE_ELF].nr, nr = 0, first = 0, i;
	const struct libshare_elf **elf = xcalloc(all, sizeof(*elf)), *row;
	uint64_t bytes = snap->page_size * map->per_cell * grid->columns;

	libshare_for_each(row, snap, LIBSHARE_ELF)
		if (row->lib == lib->lib && row->offset / bytes * grid->columns < map->nr)
			elf[nr++] = row;
	qsort(elf, nr, sizeof(*elf), by_offset);
	for (i = 1; i <= nr; i++) {
		uint64_t line = elf[first]->offset / bytes;

		if (i < nr && elf[i]->offset / bytes == line)
			continue;
		draw_row_names(cr, elf + first, i - first, TOP + line * grid->cell, grid);
		first = i;
	}
	free(elf);
}

/**
 * libshare_picture_map() - Draw the page map of a library.
 * @cr: The picture, or NULL.
 * @snap: The snapshot.
 * @lib: The library.
 * @width: Set to the picture's width.
 * @height: Set to the picture's height.
 */
void libshare_picture_map(cairo_t *cr, const struct libshare_snapshot *snap,
			  const struct libshare_library *lib, double *width, double *height)
{
	struct libshare_pagemap map;
	char size[LIBSHARE_SIZE_TEXT], copies[LIBSHARE_SIZE_TEXT];
	struct grid grid;
	size_t rows;

	libshare_pagemap_make(&map, snap, lib, COLUMNS_MOST * ROWS_MOST);
	grid = make_grid(map.nr);
	rows = (map.nr + grid.columns - 1) / grid.columns;
	*width = LEFT + GRID + LIBSHARE_MARGIN;
	*height = TOP + rows * grid.cell + BOTTOM;
	if (cr) {
		libshare_picture_ink(cr, &libshare_ink_text, 1);
		libshare_picture_text(cr, 12, 30, 17, *width - 24, "%s", lib->path);
		libshare_picture_ink(cr, &libshare_ink_faint, 1);
		libshare_picture_text(cr, 12, 52, 12, *width - 24,
				      "%" PRIu64 " %s it; %s of its file pages are mapped, %s are distinct copies in their place",
				      lib->procs, lib->procs == 1 ? "process maps" : "processes map",
				      libshare_text_size(lib->mapped, size),
				      libshare_text_size(lib->cow_unique, copies));
		libshare_picture_text(cr, LEFT, 74, 11, 0, "%" PRIu64 " pages, %zu cells a row, %"
				      PRIu64 " of %" PRIu64 " bytes a cell", map.pages,
				      grid.columns, map.per_cell, snap->page_size);
		draw_cells(cr, &map, &grid);
		draw_names(cr, snap, lib, &map, &grid);
		libshare_picture_legend(cr, LEFT - 20, *height - 16);
	}
	free(map.cell);
}
