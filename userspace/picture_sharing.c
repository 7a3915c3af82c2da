// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who shares a library: processes with its segments above and below, the page
 * cache with its file pages between them, and what is mapped joined to it.
 * Copies stand apart, in the process that has them.
 */
#include <inttypes.h>

#include "alloc.h"
#include "picture.h"
#include "text.h"
#include "uses.h"

#define WIDTH 1080.0
#define HEIGHT 700.0
#define PER_ROW 4
#define MOST (2 * PER_ROW)
#define STRIP 44.0		/* height of the page cache */
#define GAP 22.0
#define SEGMENT 30.0		/* height of a segment */
#define NAMED 40.0		/* from this width on, "rodata" fits into a segment */
#define INHERITED 0.5		/* opacity of copies that are shared since a fork */

struct picture {
	cairo_t *cr;
	const struct libshare_snapshot *snap;
	const struct libshare_library *lib;
	double strip_y;
	uint64_t pages;
};

static double strip_x(const struct picture *p, uint64_t offset)
{
	double at = (double)offset / p->snap->page_size / p->pages;

	return LIBSHARE_MARGIN + (at > 1 ? 1 : at) * (WIDTH - 2 * LIBSHARE_MARGIN);
}

static void draw_strip(const struct picture *p)
{
	struct libshare_pagemap map;
	double width;
	size_t i;

	libshare_pagemap_make(&map, p->snap, p->lib, 500);
	width = map.nr ? (WIDTH - 2 * LIBSHARE_MARGIN) * map.per_cell / map.pages : 0;
	for (i = 0; i < map.nr; i++) {
		double x = LIBSHARE_MARGIN + i * width;

		/* Antialiased seams between neighbours would look like lines. */
		cairo_rectangle(p->cr, x, p->strip_y, width + 0.4, STRIP);
		libshare_picture_ink(p->cr,
				     &libshare_ink_shade[libshare_pagemap_shade(&map.cell[i])], 1);
		cairo_fill(p->cr);
		if (map.cell[i].copies) {
			cairo_rectangle(p->cr, x, p->strip_y + STRIP - 6, width + 0.4, 6);
			libshare_picture_ink(p->cr, &libshare_ink_copy, 1);
			cairo_fill(p->cr);
		}
	}
	libshare_picture_ink(p->cr, &libshare_ink_text, 1);
	cairo_set_line_width(p->cr, 1);
	cairo_rectangle(p->cr, LIBSHARE_MARGIN, p->strip_y, WIDTH - 2 * LIBSHARE_MARGIN, STRIP);
	cairo_stroke(p->cr);
	free(map.cell);
}

/* A band from a segment at @x to its pages in the page cache. */
static void draw_band(const struct picture *p, const struct libshare_mapping *map, double x,
		      double y, double width, bool above)
{
	double from = above ? y + SEGMENT : y, to = above ? p->strip_y : p->strip_y + STRIP;
	double middle = (from + to) / 2;
	double left = strip_x(p, map->offset);
	double right = strip_x(p, map->offset + (map->end - map->start));

	cairo_move_to(p->cr, x, from);
	cairo_curve_to(p->cr, x, middle, left, middle, left, to);
	cairo_line_to(p->cr, right, to);
	cairo_curve_to(p->cr, right, middle, x + width, middle, x + width, from);
	cairo_close_path(p->cr);
	libshare_picture_ink(p->cr, &libshare_ink_shade[LIBSHARE_BY_8], 0.16);
	cairo_fill(p->cr);
}

/* How much of a run of pages lies in a mapping: from where, and how many. */
static uint64_t part_of(const struct picture *p, const struct libshare_mapping *map,
			const struct libshare_run *run, uint64_t *from)
{
	uint64_t first = map->offset / p->snap->page_size;
	uint64_t end = first + (map->end - map->start) / p->snap->page_size;
	uint64_t run_end = run->first + run->count;

	*from = run->first > first ? run->first - first : 0;
	if (run_end < end)
		end = run_end;
	return end > first + *from ? end - first - *from : 0;
}

static void fill(const struct picture *p, double x, double y, double width,
		 const struct libshare_ink *ink)
{
	cairo_rectangle(p->cr, x, y, width, SEGMENT);
	libshare_picture_ink(p->cr, ink, 1);
	cairo_fill(p->cr);
}

/*
 * What a process has of a segment. The tables say how much that is, and of each page how
 * many processes map it, but not which ones. If the process maps as much as anything
 * maps there, these are the very pages, and each has the colour of its sharers. If it
 * maps less, only the amounts are known: they are drawn from the left, in a colour for
 * pages that are shared, and in that of one process.
 */
static void draw_residency(const struct picture *p, const struct libshare_mapping *map, double x,
			   double y, double width)
{
	uint64_t page = p->snap->page_size, pages = (map->end - map->start) / page, all = 0;
	size_t nr, i;
	const struct libshare_run *run = libshare_snapshot_runs(p->snap, p->lib->lib, &nr);
	double a_page = pages ? width / pages : 0, shared;
	uint64_t from, count;

	fill(p, x, y, width, &libshare_ink_shade[LIBSHARE_ABSENT]);
	if (map->rss == LIBSHARE_UNKNOWN)
		return;
	for (i = 0; i < nr; i++)
		if (run[i].sharers && run[i].sharers != LIBSHARE_UNKNOWN)
			all += part_of(p, map, &run[i], &from) * page;
	if (all != map->rss) {
		shared = map->shared == LIBSHARE_UNKNOWN ? 0 : map->shared / page * a_page;
		fill(p, x, y, map->rss / page * a_page, &libshare_ink_shade[LIBSHARE_BY_1]);
		fill(p, x, y, shared, &libshare_ink_shared);
		return;
	}
	for (i = 0; i < nr; i++) {
		const struct libshare_cell cell = { .sharers = run[i].sharers };

		if (!run[i].sharers || run[i].sharers == LIBSHARE_UNKNOWN)
			continue;
		count = part_of(p, map, &run[i], &from);
		fill(p, x + from * a_page, y, count * a_page,
		     &libshare_ink_shade[libshare_pagemap_shade(&cell)]);
	}
}

static void draw_segment(const struct picture *p, const struct libshare_mapping *map, double x,
			 double y, double width, bool above)
{
	uint64_t size = map->end - map->start;
	double copied = size ? (double)map->cow / size * width : 0, inherited = 0;
	/* Copies stand on the side that is away from the page cache. */
	double copy_y = above ? y - SEGMENT - 4 : y + SEGMENT + 4;
	char text[LIBSHARE_SIZE_TEXT];

	if (map->rss && map->rss != LIBSHARE_UNKNOWN)
		draw_band(p, map, x, y, width, above);
	draw_residency(p, map, x, y, width);
	cairo_rectangle(p->cr, x, y, width, SEGMENT);
	libshare_picture_ink(p->cr, &libshare_ink_text, 1);
	cairo_set_line_width(p->cr, 0.7);
	cairo_stroke(p->cr);
	if (width > NAMED)
		libshare_picture_text(p->cr, x + 3, y + SEGMENT / 2 + 3, 9, width - 4, "%s",
				      map->segment);
	if (!map->cow || map->cow == LIBSHARE_UNKNOWN)
		return;
	if (copied < 4)
		copied = 4;
	if (copied > width)
		copied = width;
	/* What a fork inherited is shared still. */
	if (map->cow_shared != LIBSHARE_UNKNOWN)
		inherited = copied * map->cow_shared / map->cow;
	cairo_rectangle(p->cr, x, copy_y, inherited, SEGMENT - 4);
	libshare_picture_ink(p->cr, &libshare_ink_copy, INHERITED);
	cairo_fill(p->cr);
	cairo_rectangle(p->cr, x + inherited, copy_y, copied - inherited, SEGMENT - 4);
	libshare_picture_ink(p->cr, &libshare_ink_copy, 1);
	cairo_fill(p->cr);
	libshare_picture_ink(p->cr, &libshare_ink_text, 1);
	if (width > NAMED)
		libshare_picture_text(p->cr, x + 3, copy_y + SEGMENT / 2, 9, width, "%s",
				      libshare_text_size(map->cow, text));
}

static void draw_process(const struct picture *p, const struct libshare_use *use, size_t alike,
			 double x, double width, bool above)
{
	double y = above ? 148 : HEIGHT - 148 - SEGMENT, at = x, scale;
	char rss[LIBSHARE_SIZE_TEXT], cow[LIBSHARE_SIZE_TEXT];
	const struct libshare_mapping *map;
	uint64_t all = 0, nr = 0;
	char *name;

	libshare_for_each(map, p->snap, LIBSHARE_MAPPINGS) {
		if (map->pid == use->pid && map->lib == p->lib->lib) {
			all += map->end - map->start;
			nr++;
		}
	}
	name = alike > 1 ? xasprintf("%s × %zu", use->comm, alike) :
			   xasprintf("%s (%" PRIu64 ")", use->comm, use->pid);
	/* Each gets a width that can be seen, and the rest by size. */
	scale = all && width > 12 * nr ? (width - 12 * nr) / all : 0;
	libshare_for_each(map, p->snap, LIBSHARE_MAPPINGS) {
		double part = 12 + (map->end - map->start) * scale;

		if (map->pid != use->pid || map->lib != p->lib->lib || at + part > x + width + 1)
			continue;
		draw_segment(p, map, at, y, part, above);
		at += part;
	}
	libshare_picture_ink(p->cr, &libshare_ink_text, 1);
	libshare_picture_text(p->cr, x, above ? y - 2 * SEGMENT : y + 3 * SEGMENT - 4, 13,
			      width, "%s", name);
	free(name);
	libshare_picture_ink(p->cr, &libshare_ink_faint, 1);
	libshare_picture_text(p->cr, x, above ? y - 2 * SEGMENT + 14 : y + 3 * SEGMENT + 9, 10,
			      width, "%s %s, copied %s", alike > 1 ? "each maps" : "maps",
			      libshare_text_size(use->rss, rss), libshare_text_size(use->cow, cow));
}

static int by_rss(const void *a, const void *b)
{
	const struct libshare_use *x = a, *y = b;

	if (x->rss + x->cow != y->rss + y->cow)
		return x->rss + x->cow < y->rss + y->cow ? 1 : -1;
	return (x->pid > y->pid) - (x->pid < y->pid);
}

/* All that is drawn of a process, but its number. */
static char *describe(const struct picture *p, const struct libshare_use *use)
{
	const struct libshare_mapping *map;
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		err(LIBSHARE_TROUBLE, "cannot allocate memory");
	fputs(use->comm, out);
	libshare_for_each(map, p->snap, LIBSHARE_MAPPINGS)
		if (map->pid == use->pid && map->lib == p->lib->lib)
			fprintf(out, "\t%" PRIx64 " %" PRIx64 " %s %" PRIu64 " %" PRIu64 " %" PRIu64
				" %" PRIu64, map->offset, map->end - map->start, map->segment,
				map->rss, map->shared, map->cow, map->cow_shared);
	if (fclose(out))
		err(LIBSHARE_TROUBLE, "cannot allocate memory");
	return text;
}

/* Processes that look alike become one; @alike is how many each stands for. */
static size_t merge_alike(const struct picture *p, struct libshare_use *use, size_t nr,
			  size_t *alike)
{
	char **text = xcalloc(nr, sizeof(*text)), *own;
	size_t kept = 0, i, j;

	for (i = 0; i < nr; i++) {
		own = describe(p, &use[i]);
		for (j = 0; j < kept && strcmp(text[j], own); j++)
			;
		alike[j]++;
		if (j < kept) {
			free(own);
			continue;
		}
		text[kept] = own;
		use[kept++] = use[i];
	}
	for (i = 0; i < kept; i++)
		free(text[i]);
	free(text);
	return kept;
}

static void draw_processes(const struct picture *p)
{
	struct libshare_rows rows = libshare_users_find(p->snap, p->lib->lib);
	struct libshare_use *use = (void *)rows.at;
	size_t *alike = xcalloc(rows.nr, sizeof(*alike)), left = rows.nr, nr, upper, i;

	if (rows.nr)
		qsort(use, rows.nr, sizeof(*use), by_rss);
	nr = merge_alike(p, use, rows.nr, alike);
	nr = nr < MOST ? nr : MOST;
	upper = (nr + 1) / 2;
	for (i = 0; i < nr; i++) {
		bool above = i < upper;
		size_t count = above ? upper : nr - upper, at = above ? i : i - upper;
		double width = (WIDTH - 2 * LIBSHARE_MARGIN - (count - 1) * GAP) / count;

		left -= alike[i];
		draw_process(p, &use[i], alike[i], LIBSHARE_MARGIN + at * (width + GAP), width,
			     above);
	}
	libshare_picture_ink(p->cr, &libshare_ink_faint, 1);
	if (left)
		libshare_picture_text(p->cr, LIBSHARE_MARGIN, HEIGHT - 58, 12, 0,
				      "and %zu more %s", left, left == 1 ? "process" : "processes");
	free(alike);
	free(rows.at);
}

/**
 * libshare_picture_sharing() - Draw who shares a library.
 * @cr: The picture, or NULL.
 * @snap: The snapshot.
 * @lib: The library.
 * @width: Set to the picture's width.
 * @height: Set to the picture's height.
 */
void libshare_picture_sharing(cairo_t *cr, const struct libshare_snapshot *snap,
			      const struct libshare_library *lib, double *width, double *height)
{
	struct picture p = { .cr = cr, .snap = snap, .lib = lib,
			     .strip_y = HEIGHT / 2 - STRIP / 2 };
	char shared[LIBSHARE_SIZE_TEXT], mapped[LIBSHARE_SIZE_TEXT];
	char saved[LIBSHARE_SIZE_TEXT], cow[LIBSHARE_SIZE_TEXT];
	struct libshare_pagemap map;
	double x;

	*width = WIDTH;
	*height = HEIGHT;
	if (!cr)
		return;
	libshare_pagemap_make(&map, snap, lib, 1);
	p.pages = map.pages ? map.pages : 1;
	free(map.cell);
	libshare_picture_ink(cr, &libshare_ink_text, 1);
	libshare_picture_text(cr, LIBSHARE_MARGIN, 34, 18, WIDTH - 2 * LIBSHARE_MARGIN, "%s",
			      lib->path);
	libshare_picture_ink(cr, &libshare_ink_faint, 1);
	libshare_text_size(lib->mapped, mapped);
	libshare_text_size(lib->saved, saved);
	libshare_text_size(lib->shared, shared);
	libshare_text_size(lib->cow_unique, cow);
	if (lib->procs == 1)
		libshare_picture_text(cr, LIBSHARE_MARGIN, 56, 13, WIDTH - 2 * LIBSHARE_MARGIN,
				      "1 process maps %s of file pages; it has %s of distinct copies",
				      mapped, cow);
	else
		libshare_picture_text(cr, LIBSHARE_MARGIN, 56, 13, WIDTH - 2 * LIBSHARE_MARGIN,
				      "%" PRIu64 " processes map %s of file pages; %s of these are shared, which saves %s; they have %s of distinct copies",
				      lib->procs, mapped, shared, saved, cow);
	draw_processes(&p);
	draw_strip(&p);
	libshare_picture_ink(cr, &libshare_ink_text, 1);
	libshare_picture_text(cr, LIBSHARE_MARGIN + 4, p.strip_y - 6, 11, 0,
			      "page cache: the file's pages, once");
	libshare_picture_legend(cr, LIBSHARE_MARGIN, HEIGHT - 36);
	x = LIBSHARE_MARGIN;
	x = libshare_picture_swatch(cr, x, HEIGHT - 16, &libshare_ink_copy, INHERITED,
				    "copied before a fork, still shared");
	x = libshare_picture_swatch(cr, x, HEIGHT - 16, &libshare_ink_shade[LIBSHARE_ABSENT], 1,
				    "in a segment: not mapped");
	libshare_picture_swatch(cr, x, HEIGHT - 16, &libshare_ink_shared, 1,
				"so much of the segment is shared; which pages is not known");
}
