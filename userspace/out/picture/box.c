// SPDX-License-Identifier: GPL-2.0-only
/*
 * A process in a picture: a box for each segment, with the pages that it maps, the
 * segment's name, and its copies, on the side that is away from the page cache.
 */
#include <inttypes.h>

#include "data/alloc.h"
#include "data/text.h"
#include "out/picture/box.h"

#define SEGMENT 30.0		/* height of a segment */
#define COPIES 22.0		/* height of its copies */
#define COPIES_AT 16.0		/* how far these are from it, for its name */

/* A segment: from where to where it is drawn. */
struct part {
	const struct mapping *map;
	uint64_t size;
	double x, y, width;
	bool above;
};

static bool is_of(const struct sharing *s, const struct mapping *map, uint64_t pid)
{
	return map->pid == pid && map->lib == s->lib->lib;
}

/**
 * box_segments() - How many segments a process has.
 * @s: The picture.
 * @pid: The process.
 *
 * Return: Their number.
 */
size_t box_segments(const struct sharing *s, uint64_t pid)
{
	const struct mapping *map;
	size_t nr = 0;

	for_each(map, s->snap, MAPPINGS)
		nr += is_of(s, map, pid);
	return nr;
}

static double cache_x(const struct sharing *s, uint64_t offset)
{
	double at = (double)offset / s->snap->page_size / s->pages;

	return s->left + (at > 1 ? 1 : at) * s->width;
}

/* A band from a segment to its pages in the page cache. */
static void draw_band(const struct sharing *s, const struct part *part)
{
	double from = part->above ? part->y + SEGMENT : part->y;
	double to = part->above ? s->top : s->bottom, middle = (from + to) / 2;
	double left = cache_x(s, part->map->offset);
	double right = cache_x(s, part->map->offset + part->size);

	cairo_move_to(s->cr, part->x, from);
	cairo_curve_to(s->cr, part->x, middle, left, middle, left, to);
	cairo_line_to(s->cr, right, to);
	cairo_curve_to(s->cr, right, middle, part->x + part->width, middle,
		       part->x + part->width, from);
	cairo_close_path(s->cr);
	/* No colour of the legend, however many lie over each other. */
	picture_ink(s->cr, &ink_text, 0.035);
	cairo_fill_preserve(s->cr);
	picture_ink(s->cr, &ink_text, 0.25);
	cairo_set_line_width(s->cr, 0.5);
	cairo_stroke(s->cr);
}

/* How much of a run of pages lies in a segment: from where, and how many. */
static uint64_t part_of(const struct sharing *s, const struct part *part,
			const struct run *run, uint64_t *from)
{
	uint64_t first = part->map->offset / s->snap->page_size;
	uint64_t end = first + part->size / s->snap->page_size;
	uint64_t run_end = run->first + run->count;

	*from = run->first > first ? run->first - first : 0;
	if (run_end < end)
		end = run_end;
	return end > first + *from ? end - first - *from : 0;
}

static void fill(const struct sharing *s, double x, double y, double width,
		 double height, const struct ink *ink)
{
	cairo_rectangle(s->cr, x, y, width, height);
	picture_ink(s->cr, ink, 1);
	cairo_fill(s->cr);
}

/* The width of @bytes of @whole, and never more than that. */
static double share_of(uint64_t bytes, uint64_t whole, double width)
{
	if (bytes == UNKNOWN || !whole)
		return 0;
	return bytes >= whole ? width : (double)bytes / whole * width;
}

/*
 * What a process has of a segment. The tables say how much that is, and of each page how
 * many processes map it, but not which ones. If the process maps as much as anything
 * maps there, these are the very pages, and each has the colour of its sharers. If it
 * maps less, only the amounts are known: they are drawn from the left, first what is
 * shared, with stripes, then what is not.
 */
static void draw_residency(const struct sharing *s, const struct part *part)
{
	uint64_t page = s->snap->page_size, pages = part->size / page, all = 0, from, count;
	const struct mapping *map = part->map;
	double a_page = pages ? part->width / pages : 0, mapped;
	const struct run *run;
	size_t nr, i;

	fill(s, part->x, part->y, part->width, SEGMENT, &ink_paper);
	if (map->rss == UNKNOWN)
		return;
	run = snapshot_runs(s->snap, s->lib->lib, &nr);
	for (i = 0; i < nr; i++)
		if (run[i].sharers && run[i].sharers != UNKNOWN)
			all += part_of(s, part, &run[i], &from) * page;
	if (all != map->rss) {
		mapped = share_of(map->rss, part->size, part->width);
		fill(s, part->x, part->y, mapped, SEGMENT, &ink_shade[BY_1]);
		picture_hatch(s->cr, part->x, part->y,
			      share_of(map->shared, map->rss, mapped), SEGMENT);
		return;
	}
	for (i = 0; i < nr; i++) {
		const struct cell cell = { .sharers = run[i].sharers };

		if (!run[i].sharers || run[i].sharers == UNKNOWN)
			continue;
		count = part_of(s, part, &run[i], &from);
		fill(s, part->x + from * a_page, part->y, count * a_page, SEGMENT,
		     &ink_shade[pagemap_shade(&cell)]);
	}
}

static void draw_copies(const struct sharing *s, const struct part *part)
{
	double y = part->above ? part->y - COPIES_AT - COPIES : part->y + SEGMENT + COPIES_AT;
	double width = share_of(part->map->cow, part->size, part->width), inherited;
	char text[SIZE_TEXT];

	if (!part->map->cow || part->map->cow == UNKNOWN)
		return;
	if (width < 2)
		width = part->width < 2 ? part->width : 2;
	/* What a fork inherited is shared still. */
	inherited = share_of(part->map->cow_shared, part->map->cow, width);
	fill(s, part->x, y, width, COPIES, &ink_copy);
	fill(s, part->x, y, inherited, COPIES, &ink_inherited);
	if (part->width < BOX_LABEL)
		return;
	picture_ink(s->cr, &ink_text, 1);
	picture_text(s->cr, part->x + 3, y + COPIES / 2 + 3, 9, part->width - 4, "%s",
		     text_size(part->map->cow, text));
}

static void draw_segment(const struct sharing *s, const struct part *part)
{
	if (part->map->rss && part->map->rss != UNKNOWN)
		draw_band(s, part);
	draw_residency(s, part);
	cairo_rectangle(s->cr, part->x, part->y, part->width, SEGMENT);
	picture_ink(s->cr, &ink_text, 1);
	cairo_set_line_width(s->cr, 0.7);
	cairo_stroke(s->cr);
	if (part->width >= BOX_LABEL)
		picture_text(s->cr, part->x + 2,
			     part->above ? part->y - 5 : part->y + SEGMENT + 11, 9,
			     part->width - 4, "%s", part->map->segment);
	draw_copies(s, part);
}

/*
 * How wide the segments are: as their sizes, but none narrower than its name. What these
 * take is taken from the others, which may make some of them too narrow as well.
 */
static void set_widths(struct part *part, size_t nr, double width)
{
	double least = width / nr < BOX_LABEL ? width / nr : BOX_LABEL;
	double left = width, all = 0;
	bool again;
	size_t i;

	for (i = 0; i < nr; i++)
		all += part[i].size;
	do {
		again = false;
		for (i = 0; i < nr; i++) {
			if (part[i].width || (all > 0 && part[i].size / all * left > least))
				continue;
			part[i].width = least;
			left -= least;
			all -= part[i].size;
			again = true;
		}
	} while (again);
	for (i = 0; i < nr; i++)
		if (!part[i].width)
			part[i].width = part[i].size / all * left;
}

static void draw_segments(const struct sharing *s, const struct box *box, double y)
{
	size_t nr = box_segments(s, box->use->pid), i = 0;
	struct part *part = xcalloc(nr, sizeof(*part));
	const struct mapping *map;
	double x = box->x;

	for_each(map, s->snap, MAPPINGS)
		if (is_of(s, map, box->use->pid))
			part[i++] = (struct part){ .map = map, .size = map->end - map->start,
						   .y = y, .above = box->above };
	nr = i;
	if (nr)
		set_widths(part, nr, box->width);
	for (i = 0; i < nr; i++) {
		part[i].x = x;
		x += part[i].width;
		draw_segment(s, &part[i]);
	}
	free(part);
}

/**
 * box_draw() - Draw a process.
 * @s: The picture.
 * @box: The process, and where.
 */
void box_draw(const struct sharing *s, const struct box *box)
{
	const struct use *use = box->use;
	double text = box->above ? box->y + 14 : box->y - 18;
	char rss[SIZE_TEXT], cow[SIZE_TEXT];

	draw_segments(s, box, box->above ? box->y + BOX_HIGH - SEGMENT :
					   box->y - BOX_HIGH);
	picture_ink(s->cr, &ink_text, 1);
	if (box->alike > 1)
		picture_text(s->cr, box->x, text, 13, box->width, "%s × %zu", use->comm,
			     box->alike);
	else
		picture_text(s->cr, box->x, text, 13, box->width, "%s (%" PRIu64 ")",
			     use->comm, use->pid);
	picture_ink(s->cr, &ink_faint, 1);
	picture_text(s->cr, box->x, text + 14, 10, box->width, "%s %s, copied %s",
		     box->alike > 1 ? "each maps" : "maps",
		     text_size(use->rss, rss), text_size(use->cow, cow));
}
