// SPDX-License-Identifier: GPL-2.0-only
/* The page map of a library as a picture, its sections named along the edge. */
#include <inttypes.h>

#include "alloc.h"
#include "picture.h"
#include "text.h"

#define COLUMNS 64
#define ROWS_MOST 128
#define CELL 10.0
#define LEFT 170.0		/* for the names of sections */
#define TOP 84.0
#define BOTTOM 46.0

static void draw_cells(cairo_t *cr, const struct libshare_pagemap *map)
{
	size_t i;

	for (i = 0; i < map->nr; i++) {
		const struct libshare_cell *cell = &map->cell[i];
		double x = LEFT + i % COLUMNS * CELL, y = TOP + i / COLUMNS * CELL;

		libshare_picture_ink(cr, &libshare_ink_shade[libshare_pagemap_shade(cell)], 1);
		cairo_rectangle(cr, x, y, CELL - 1, CELL - 1);
		cairo_fill(cr);
		if (cell->copies) {
			/* Where the file's page is used as well, both are seen. */
			libshare_picture_ink(cr, &libshare_ink_copy, 1);
			cairo_rectangle(cr, x, cell->sharers ? y + CELL / 2 : y, CELL - 1,
					(cell->sharers ? CELL / 2 : CELL) - 1);
			cairo_fill(cr);
		}
	}
	libshare_picture_ink(cr, &libshare_ink_faint, 1);
	cairo_set_line_width(cr, 0.5);
	cairo_rectangle(cr, LEFT - 1, TOP - 1, COLUMNS * CELL + 1,
			(map->nr + COLUMNS - 1) / COLUMNS * CELL + 1);
	cairo_stroke(cr);
}

static int by_offset(const void *a, const void *b)
{
	const struct libshare_elf *x = *(const struct libshare_elf *const *)a;
	const struct libshare_elf *y = *(const struct libshare_elf *const *)b;

	return (x->offset > y->offset) - (x->offset < y->offset);
}

/* Names of the sections that begin in each row, as far as there is room. */
static void draw_names(cairo_t *cr, const struct libshare_snapshot *snap,
		       const struct libshare_library *lib, const struct libshare_pagemap *map)
{
	size_t all = snap->table[LIBSHARE_ELF].nr, nr = 0, i;
	const struct libshare_elf **elf = xcalloc(all, sizeof(*elf)), *row;
	uint64_t bytes = snap->page_size * map->per_cell, last = UINT64_MAX;
	char names[256] = "";

	libshare_for_each(row, snap, LIBSHARE_ELF)
		if (row->lib == lib->lib && row->offset / bytes < map->nr)
			elf[nr++] = row;
	qsort(elf, nr, sizeof(*elf), by_offset);
	for (i = 0; i <= nr; i++) {
		uint64_t line = i < nr ? elf[i]->offset / bytes / COLUMNS : UINT64_MAX;
		size_t len = strlen(names);

		if (line != last && *names) {
			libshare_picture_ink(cr, &libshare_ink_text, 1);
			libshare_picture_text(cr, 12, TOP + last * CELL + CELL - 2, 9, LEFT - 20,
					      "%s", names);
			len = 0;
		}
		last = line;
		if (i < nr)
			snprintf(names + len, sizeof(names) - len, "%s%s", len ? " " : "",
				 elf[i]->section);
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
	size_t rows;

	libshare_pagemap_make(&map, snap, lib, COLUMNS * ROWS_MOST);
	rows = (map.nr + COLUMNS - 1) / COLUMNS;
	*width = LEFT + COLUMNS * CELL + LIBSHARE_MARGIN;
	*height = TOP + rows * CELL + BOTTOM;
	if (cr) {
		libshare_picture_ink(cr, &libshare_ink_text, 1);
		libshare_picture_text(cr, 12, 30, 17, *width - 24, "%s", lib->path);
		libshare_picture_ink(cr, &libshare_ink_faint, 1);
		libshare_picture_text(cr, 12, 52, 12, *width - 24,
				      "%" PRIu64 " processes map it; %s of its file pages are mapped, %s are copies in their place",
				      lib->procs, libshare_text_size(lib->mapped, size),
				      libshare_text_size(lib->cow_unique, copies));
		libshare_picture_text(cr, LEFT, 74, 11, 0, "%" PRIu64 " pages, %d cells a row, %"
				      PRIu64 " of %" PRIu64 " bytes a cell", map.pages, COLUMNS,
				      map.per_cell, snap->page_size);
		draw_cells(cr, &map);
		draw_names(cr, snap, lib, &map);
		libshare_picture_legend(cr, LEFT - 20, *height - 16);
	}
	free(map.cell);
}
