// SPDX-License-Identifier: GPL-2.0-only
/* The page map of a library as a picture, its sections named along the edge. */
#include <inttypes.h>

#include "data/alloc.h"
#include "data/order.h"
#include "data/text.h"
#include "out/picture/picture.h"

#define COLUMNS_MOST 64
#define ROWS_MOST 128
#define NAMES_MOST 100
#define GRID 640.0		/* its width */
#define LEFT 215.0		/* for the names of sections */
#define PAGES 114.0		/* where the numbers of their pages are */
#define LINE 11.0		/* height of a line of them */
#define TOP 92.0
#define BOTTOM 76.0

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

static void draw_cells(cairo_t *cr, const struct pagemap *map, const struct grid *grid)
{
	double size = grid->cell;
	size_t i;

	for (i = 0; i < map->nr; i++) {
		const struct cell *cell = &map->cell[i];
		double x = LEFT + i % grid->columns * size, y = TOP + i / grid->columns * size;

		picture_ink(cr, &ink_shade[pagemap_shade(cell)], 1);
		cairo_rectangle(cr, x, y, size - 1, size - 1);
		cairo_fill(cr);
		if (cell->copies) {
			/* Where the file's page is used as well, both are seen. */
			picture_ink(cr, &ink_copy, 1);
			cairo_rectangle(cr, x, cell->sharers ? y + size / 2 : y, size - 1,
					(cell->sharers ? size / 2 : size) - 1);
			cairo_fill(cr);
		}
	}
}

/* Around the cells: what is beyond the end of the file is outside. */
static void draw_edge(cairo_t *cr, size_t cells, const struct grid *grid)
{
	double left = LEFT - 1, top = TOP - 1, right = left + grid->columns * grid->cell + 1;
	double bottom = top + cells / grid->columns * grid->cell + 1;
	double rest = cells % grid->columns * grid->cell;

	cairo_move_to(cr, left, top);
	cairo_line_to(cr, cells < grid->columns ? left + rest + 1 : right, top);
	if (cells >= grid->columns) {
		cairo_line_to(cr, right, bottom);
		cairo_line_to(cr, left + rest + (rest > 0), bottom);
	}
	if (rest > 0) {
		cairo_line_to(cr, left + rest + 1, bottom + grid->cell);
		cairo_line_to(cr, left, bottom + grid->cell);
	}
	cairo_close_path(cr);
	picture_ink(cr, &ink_faint, 1);
	cairo_set_line_width(cr, 0.5);
	cairo_stroke(cr);
}

static int by_offset(const void *a, const void *b)
{
	const struct elf *x = *(const struct elf *const *)a;
	const struct elf *y = *(const struct elf *const *)b;

	return order(x->offset, y->offset);
}

static int by_size(const void *a, const void *b)
{
	const struct elf *x = *(const struct elf *const *)a;
	const struct elf *y = *(const struct elf *const *)b;

	return order(y->size, x->size) ?: by_offset(a, b);
}

/* The sections of a library as they are in the file; if they are many, the largest. */
static const struct elf **find_sections(const struct snapshot *snap,
					const struct library *lib,
					uint64_t pages, size_t *nr)
{
	const struct elf **elf, *row;

	elf = xcalloc(snap->table[ELF].nr, sizeof(*elf));
	*nr = 0;
	for_each(row, snap, ELF)
		if (row->lib == lib->lib && row->size && row->offset / snap->page_size < pages)
			elf[(*nr)++] = row;
	if (*nr > NAMES_MOST) {
		qsort(elf, *nr, sizeof(*elf), by_size);
		*nr = NAMES_MOST;
	}
	qsort(elf, *nr, sizeof(*elf), by_offset);
	return elf;
}

/* A line that is seen on cells of any colour. */
static void draw_tick(cairo_t *cr, double x, double y, double height)
{
	static const struct {
		const struct ink *ink;
		double width;
	} lines[] = { { &ink_paper, 3 }, { &ink_text, 1.4 } };
	size_t i;

	for (i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		picture_ink(cr, lines[i].ink, 1);
		cairo_set_line_width(cr, lines[i].width);
		cairo_move_to(cr, x, y);
		cairo_line_to(cr, x, y + height);
		cairo_stroke(cr);
	}
}

/* A tick where each section begins, its name and pages at the left of that row. */
static void draw_sections(cairo_t *cr, const struct elf **elf, size_t nr,
			  uint64_t page_size, const struct pagemap *map,
			  const struct grid *grid)
{
	size_t rows = (map->nr + grid->columns - 1) / grid->columns, i;
	double height = nr * LINE > rows * grid->cell ? nr * LINE : rows * grid->cell;
	double row, y, x, last = TOP - LINE;

	for (i = 0; i < nr; i++) {
		uint64_t first = elf[i]->offset / page_size;
		uint64_t end = (elf[i]->offset + elf[i]->size - 1) / page_size;
		double at = (double)elf[i]->offset / page_size / map->per_cell;

		row = TOP + (uint64_t)at / grid->columns * grid->cell;
		draw_tick(cr, LEFT + (at - (uint64_t)at / grid->columns * grid->columns) *
			  grid->cell, row, grid->cell - 1);
		/* Names move down that would stand on the last one, and up before the end. */
		row += grid->cell / 2;
		y = row - LINE / 2;
		if (y < last + LINE)
			y = last + LINE;
		if (y > TOP + height - (nr - i) * LINE)
			y = TOP + height - (nr - i) * LINE;
		last = y;
		picture_ink(cr, &ink_text, 1);
		picture_text(cr, 12, y + 8, 9, PAGES - 18, "%s", elf[i]->section);
		if (first == end)
			x = picture_text(cr, PAGES, y + 8, 9, 0, "%" PRIu64, first);
		else
			x = picture_text(cr, PAGES, y + 8, 9, LEFT - 36 - PAGES,
					 "%" PRIu64 "–%" PRIu64, first, end);
		picture_ink(cr, &ink_faint, 1);
		cairo_set_line_width(cr, 0.5);
		cairo_move_to(cr, PAGES + x + 4, y + LINE / 2);
		cairo_line_to(cr, LEFT - 26, y + LINE / 2);
		cairo_line_to(cr, LEFT - 2, row);
		cairo_stroke(cr);
	}
}

static void draw_legend(cairo_t *cr, double y, bool sections)
{
	double x;

	picture_legend(cr, 12, y);
	x = picture_swatch(cr, 12, y + 20, &ink_copy, &ink_copy,
			   "copied, and the file's page mapped by no process");
	picture_swatch(cr, x, y + 20, &ink_shade[BY_4],
		       &ink_copy, "copied, and the file's page mapped too");
	if (!sections)
		return;
	draw_tick(cr, 17.5, y + 30, 11);
	picture_text(cr, 28, y + 40, 12, 0, "a section begins");
}

/**
 * picture_map() - Draw the page map of a library.
 * @cr: The picture, or NULL.
 * @subject: What to draw.
 * @width: Set to the picture's width.
 * @height: Set to the picture's height.
 */
void picture_map(cairo_t *cr, const struct subject *subject, double *width,
		 double *height)
{
	const struct snapshot *snap = subject->snap;
	const struct library *lib = subject->lib;
	char size[SIZE_TEXT], copies[SIZE_TEXT];
	const struct elf **elf;
	struct pagemap map;
	struct grid grid;
	double high;
	size_t nr;

	pagemap_make(&map, snap, lib, COLUMNS_MOST * ROWS_MOST);
	elf = find_sections(snap, lib, map.pages, &nr);
	grid = make_grid(map.nr);
	high = (map.nr + grid.columns - 1) / grid.columns * grid.cell;
	*width = LEFT + GRID + MARGIN;
	*height = TOP + (nr * LINE > high ? nr * LINE : high) + BOTTOM;
	if (cr) {
		picture_ink(cr, &ink_text, 1);
		picture_text(cr, 12, 30, 17, *width - 24, "%s", lib->path);
		picture_ink(cr, &ink_faint, 1);
		picture_text(cr, 12, 52, 12, *width - 24,
			     "%" PRIu64 " %s it; %s of its file pages are mapped, %s are distinct copies in their place",
			     lib->procs, lib->procs == 1 ? "process maps" : "processes map",
			     text_size(lib->mapped, size),
			     text_size(lib->cow_unique, copies));
		if (nr)
			picture_text(cr, 12, 80, 11, 0, "section, pages");
		if (map.per_cell == 1)
			picture_text(cr, LEFT, 80, 11, GRID, "%" PRIu64 " pages of %"
				     PRIu64 " bytes, each a cell", map.pages,
				     snap->page_size);
		else
			picture_text(cr, LEFT, 80, 11, GRID, "%" PRIu64 " pages of %"
				     PRIu64 " bytes, %" PRIu64
				     " a cell, which shows the one that most processes map",
				     map.pages, snap->page_size, map.per_cell);
		draw_cells(cr, &map, &grid);
		draw_edge(cr, map.nr, &grid);
		draw_sections(cr, elf, nr, snap->page_size, &map, &grid);
		draw_legend(cr, *height - 56, nr);
	}
	free(elf);
	free(map.cell);
}
