// SPDX-License-Identifier: GPL-2.0-only
/* Grids of pages: those of a file, and those that a process has of a mapping. */
#include <inttypes.h>

#include "data/text.h"
#include "out/picture/linking.h"

/* Light red; the greys and blues are those of all pictures. */
const struct ink linking_copy = { 0xf5 / 255.0, 0x9d / 255.0, 0x97 / 255.0 };

static void cell_place(double *x, double *y, uint64_t i)
{
	*x += i % LINKING_ROW * LINKING_CELL;
	*y += (double)(i / LINKING_ROW) * LINKING_CELL;
}

static void cell_fill(cairo_t *cr, double x, double y, double width, const struct ink *ink)
{
	cairo_rectangle(cr, x, y, width, LINKING_CELL - 1);
	picture_ink(cr, ink, 1);
	cairo_fill(cr);
}

/**
 * linking_height() - How high a grid is.
 * @pages: How many pages it has.
 *
 * Return: That.
 */
double linking_height(uint64_t pages)
{
	return ((double)(pages / LINKING_ROW) + !!(pages % LINKING_ROW)) * LINKING_CELL;
}

/**
 * linking_edge() - Draw a line around the pages of a grid.
 * @cr: The picture.
 * @x: Its left edge.
 * @y: Its upper edge.
 * @pages: How many pages it has.
 */
void linking_edge(cairo_t *cr, double x, double y, uint64_t pages)
{
	double rest = pages % LINKING_ROW * LINKING_CELL;
	double full = (double)(pages / LINKING_ROW) * LINKING_CELL;
	double right = full > 0 ? LINKING_GRID : rest;

	x -= 1;
	y -= 1;
	cairo_move_to(cr, x, y);
	cairo_line_to(cr, x + right + 1, y);
	if (full > 0) {
		cairo_line_to(cr, x + right + 1, y + full + 1);
		cairo_line_to(cr, x + rest + (rest > 0), y + full + 1);
	}
	if (rest > 0) {
		cairo_line_to(cr, x + rest + 1, y + full + LINKING_CELL + 1);
		cairo_line_to(cr, x, y + full + LINKING_CELL + 1);
	}
	cairo_close_path(cr);
	picture_ink(cr, &ink_faint, 1);
	cairo_set_line_width(cr, 0.7);
	cairo_stroke(cr);
}

/* A page of a file, striped by the inputs that it has content of. */
static void draw_from(cairo_t *cr, double x, double y, unsigned char from)
{
	int nr = __builtin_popcount(from), i;
	double width = (LINKING_CELL - 1) / nr;

	for (i = 0; i <= LINKING_INPUTS; i++) {
		if (!(from & 1 << i))
			continue;
		cell_fill(cr, x, y, width, &linking_input[i]);
		x += width;
	}
}

/**
 * linking_file_draw() - Draw the pages of a file.
 * @cr: The picture.
 * @file: The file. If its inputs are known, pages show what they have of them, and
 *	otherwise whether they are in memory.
 * @page_size: Bytes of a page.
 */
void linking_file_draw(cairo_t *cr, const struct linking_file *file, uint64_t page_size)
{
	const struct pagemap *map = &file->map;
	size_t i;

	picture_ink(cr, &ink_text, 1);
	picture_text(cr, file->x, file->y - 20, 13, LINKING_GRID, "%s", file->lib->path);
	picture_ink(cr, &ink_faint, 1);
	picture_text(cr, file->x, file->y - 6, 10, LINKING_GRID, "%" PRIu64
		     " pages of %" PRIu64 " bytes, %s", map->pages, page_size,
		     file->from ? "by what is in them" : "in the page cache");
	for (i = 0; i < map->nr; i++) {
		double x = file->x, y = file->y;

		cell_place(&x, &y, i);
		if (!file->from)
			cell_fill(cr, x, y, LINKING_CELL - 1,
				  &ink_shade[pagemap_shade(&map->cell[i])]);
		else if (file->from[i])
			draw_from(cr, x, y, file->from[i]);
	}
	linking_edge(cr, file->x, file->y, map->nr);
}

/**
 * linking_own_draw() - Draw the pages that a process has of a mapping.
 * @cr: The picture.
 * @x: Left edge of the grid.
 * @y: Its upper edge.
 * @own: The pages.
 * @file: The file.
 */
void linking_own_draw(cairo_t *cr, double x, double y, const struct own *own,
		      const struct linking_file *file)
{
	uint64_t i;

	for (i = 0; i < own->pages; i++) {
		double left = x, top = y;

		cell_place(&left, &top, i);
		if (!own->known)
			picture_hatch(cr, left, top, LINKING_CELL - 1, LINKING_CELL - 1);
		else if (own->copied[i])
			cell_fill(cr, left, top, LINKING_CELL - 1, &linking_copy);
		else if (own->mapped[i])
			cell_fill(cr, left, top, LINKING_CELL - 1,
				  &ink_shade[pagemap_shade(&file->map.cell[own->first + i])]);
	}
	linking_edge(cr, x, y, own->pages);
}
