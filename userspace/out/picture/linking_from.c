// SPDX-License-Identifier: GPL-2.0-only
/* What a linker has put together: its input files, and which pages have content of them. */
#include <inttypes.h>

#include "data/alloc.h"
#include "data/text.h"
#include "out/picture/linking.h"

#define LINE 58.0	/* height of an input file */

/* Apart from the colours of pages, and from each other in lightness. */
const struct ink linking_input[LINKING_INPUTS + 1] = {
	{ 0x4b / 255.0, 0x2c / 255.0, 0x7a / 255.0 },
	{ 0xe2 / 255.0, 0xc0 / 255.0, 0x4a / 255.0 },
	{ 0x2f / 255.0, 0x8f / 255.0, 0x66 / 255.0 },
	{ 0xb0 / 255.0, 0x4a / 255.0, 0x9c / 255.0 },
	{ 0xd2 / 255.0, 0xd2 / 255.0, 0xd2 / 255.0 },
};

static size_t colour_of(size_t input)
{
	return input < LINKING_INPUTS ? input : LINKING_INPUTS;
}

/* The first process that maps the file: where the linker's addresses are in it. */
static const struct mapping *first_mapping(const struct snapshot *snap,
					   const struct library *lib)
{
	const struct mapping *map;

	for_each(map, snap, MAPPINGS)
		if (map->lib == lib->lib)
			return map;
	return NULL;
}

/* The page of the file that an address is in, or UNKNOWN. */
static uint64_t page_at(const struct snapshot *snap, const struct mapping *first,
			uint64_t address)
{
	const struct mapping *map;

	for_each(map, snap, MAPPINGS)
		if (map->lib == first->lib && map->pid == first->pid &&
		    address >= map->start && address < map->end)
			return (map->offset + address - map->start) / snap->page_size;
	return UNKNOWN;
}

/**
 * linking_from_find() - Find out which inputs each page has content of.
 * @file: The file that the linker wrote.
 * @map: What the linker said.
 * @snap: A snapshot in which a process maps the file.
 *
 * Addresses lead to pages by the mappings of a process. A file that may be anywhere has
 * addresses that begin with 0.
 */
void linking_from_find(struct linking_file *file, const struct linkmap *map,
		       const struct snapshot *snap)
{
	const struct mapping *first = first_mapping(snap, file->lib);
	uint64_t base = 0, at, end, page;
	size_t i;

	file->from = xcalloc(file->map.nr, sizeof(*file->from));
	if (first && map->parts && map->part[0].address < first->start - first->offset)
		base = first->start - first->offset;
	for (i = 0; first && i < map->parts; i++) {
		const struct linkmap_part *part = &map->part[i];

		at = base + part->address;
		end = at + part->size;
		for (; at < end; at = (at / snap->page_size + 1) * snap->page_size) {
			page = page_at(snap, first, at);
			if (page < file->map.nr)
				file->from[page] |= 1u << colour_of(part->input);
		}
	}
}

/**
 * linking_inputs_height() - How much room the list of inputs takes.
 * @map: What the linker said.
 *
 * Return: Its height.
 */
double linking_inputs_height(const struct linkmap *map)
{
	return LINE * (map->inputs > LINKING_INPUTS ? LINKING_INPUTS + 1 : map->inputs);
}

/* Pages with content of one colour. */
static uint64_t pages_of(const struct linking_file *file, size_t colour)
{
	uint64_t nr = 0;
	size_t i;

	for (i = 0; i < file->map.nr; i++)
		nr += file->from[i] >> colour & 1;
	return nr;
}

static void draw_arrow(cairo_t *cr, double x, double y, double to_x, double to_y)
{
	double middle = (x + to_x) / 2;

	picture_ink(cr, &ink_faint, 1);
	cairo_set_line_width(cr, 0.8);
	cairo_move_to(cr, x, y);
	cairo_curve_to(cr, middle, y, middle, to_y, to_x - 5, to_y);
	cairo_stroke(cr);
	cairo_move_to(cr, to_x, to_y);
	cairo_line_to(cr, to_x - 7, to_y - 3);
	cairo_line_to(cr, to_x - 7, to_y + 3);
	cairo_close_path(cr);
	cairo_fill(cr);
}

static void draw_input(cairo_t *cr, double x, double y, double width,
		       const struct linkmap *map, const struct linking_file *file, size_t i)
{
	const struct linkmap_input *input = &map->input[i];
	const char *name = text_name(input->name);
	uint64_t pages = pages_of(file, colour_of(i)), bytes = 0;
	size_t j;

	picture_ink(cr, &linking_input[colour_of(i)], 1);
	cairo_rectangle(cr, x, y + 6, 12, 12);
	cairo_fill(cr);
	picture_ink(cr, &ink_text, 1);
	if (i >= LINKING_INPUTS) {
		for (j = i; j < map->inputs; j++)
			bytes += map->input[j].bytes;
		picture_text(cr, x + 18, y + 16, 13, width - 18, "%zu other %s",
			     map->inputs - i, map->inputs - i == 1 ? "file" : "files");
		picture_ink(cr, &ink_faint, 1);
		picture_text(cr, x + 18, y + 30, 10, width - 18, "%" PRIu64 " bytes, in %" PRIu64
			     " %s", bytes, pages, pages == 1 ? "page" : "pages");
		return;
	}
	if (linkmap_source(input))
		picture_text(cr, x + 18, y + 16, 13, width - 18, "%.*s → %s",
			     (int)strlen(name) - 2, name, name);
	else
		picture_text(cr, x + 18, y + 16, 13, width - 18, "%s", name);
	picture_ink(cr, &ink_faint, 1);
	picture_text(cr, x + 18, y + 30, 10, width - 18, "%" PRIu64 " bytes, in %" PRIu64 " %s",
		     input->bytes, pages, pages == 1 ? "page" : "pages");
	if (input->members)
		picture_text(cr, x + 18, y + 43, 10, width - 18, "%zu of its object files",
			     input->members);
}

/**
 * linking_inputs_draw() - Draw the input files, and arrows to what was made of them.
 * @cr: The picture.
 * @x: The left edge.
 * @y: The upper edge.
 * @width: Room for their names.
 * @map: What the linker said.
 * @file: The file that it wrote.
 */
void linking_inputs_draw(cairo_t *cr, double x, double y, double width,
			 const struct linkmap *map, const struct linking_file *file)
{
	double to = file->y + linking_height(file->map.nr) / 2;
	size_t i;

	for (i = 0; i < map->inputs && i <= LINKING_INPUTS; i++) {
		draw_input(cr, x, y, width, map, file, i);
		draw_arrow(cr, x + width, y + 12, file->x - 6, to);
		y += LINE;
	}
}
