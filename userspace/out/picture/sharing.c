// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who shares a library: processes with its segments above and below, the page
 * cache with its file pages between them, and what is mapped joined to it.
 * Copies stand apart, in the process that has them.
 */
#include <inttypes.h>

#include "data/alloc.h"
#include "data/order.h"
#include "data/text.h"
#include "out/picture/box.h"

#define WIDTH 1080.0
#define HEIGHT 720.0
#define INNER (WIDTH - 2 * MARGIN)
#define TOP 78.0		/* of the boxes */
#define BOTTOM 92.0		/* below them */
#define ROWS_OF 4		/* processes above, and below */
#define STRIP 44.0		/* height of the page cache */
#define GAP 22.0

static void draw_strip(const struct sharing *s)
{
	struct pagemap map;
	double cell;
	size_t i;

	pagemap_make(&map, s->snap, s->lib, 500);
	cell = s->width * map.per_cell / s->pages;
	/* Nothing beyond its end, where the last cell may have fewer pages. */
	cairo_save(s->cr);
	cairo_rectangle(s->cr, s->left, s->top, s->width, STRIP);
	cairo_clip(s->cr);
	for (i = 0; i < map.nr; i++) {
		/* Antialiased seams between neighbours would look like lines. */
		cairo_rectangle(s->cr, s->left + i * cell, s->top, cell + 0.4, STRIP);
		picture_ink(s->cr, &ink_shade[pagemap_shade(&map.cell[i])], 1);
		cairo_fill(s->cr);
	}
	picture_ink(s->cr, &ink_copy, 1);
	for (i = 0; i < map.nr; i++)
		if (map.cell[i].copies)
			cairo_rectangle(s->cr, s->left + i * cell, s->bottom - 8, cell, 8);
	cairo_fill(s->cr);
	cairo_restore(s->cr);
	picture_ink(s->cr, &ink_text, 1);
	cairo_set_line_width(s->cr, 1);
	cairo_rectangle(s->cr, s->left, s->top, s->width, STRIP);
	cairo_stroke(s->cr);
	free(map.cell);
}

static int by_rss(const void *a, const void *b)
{
	const struct use *x = a, *y = b;

	return order(y->rss + y->cow, x->rss + x->cow) ?: order(x->pid, y->pid);
}

/* All that is drawn of a process, but its number. */
static char *describe(const struct sharing *s, const struct use *use)
{
	const struct mapping *map;
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		err(TROUBLE, "cannot allocate memory");
	fputs(use->comm, out);
	for_each(map, s->snap, MAPPINGS)
		if (map->pid == use->pid && map->lib == s->lib->lib)
			fprintf(out, "\t%" PRIx64 " %" PRIx64 " %s %" PRIu64 " %" PRIu64 " %" PRIu64
				" %" PRIu64, map->offset, map->end - map->start, map->segment,
				map->rss, map->shared, map->cow, map->cow_shared);
	if (fclose(out))
		err(TROUBLE, "cannot allocate memory");
	return text;
}

/* Processes that look alike become one; @alike is how many each stands for. */
static size_t merge_alike(const struct sharing *s, struct use *use, size_t nr,
			  size_t *alike)
{
	char **text = xcalloc(nr, sizeof(*text)), *own;
	size_t kept = 0, i, j;

	for (i = 0; i < nr; i++) {
		own = describe(s, &use[i]);
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

/* How many processes there is room for side by side, with the names of their segments. */
static size_t per_row(const struct sharing *s, const struct use *use, size_t nr)
{
	size_t most = 1, segments, fit, i;

	for (i = 0; i < nr; i++) {
		segments = box_segments(s, use[i].pid);
		if (segments > most)
			most = segments;
	}
	fit = (s->width + GAP) / (most * BOX_LABEL + GAP);
	return fit > ROWS_OF ? ROWS_OF : fit ? fit : 1;
}

static void draw_processes(const struct sharing *s)
{
	struct rows rows = users_find(s->snap, s->lib->lib);
	struct use *use = (void *)rows.at;
	size_t *alike = xcalloc(rows.nr, sizeof(*alike)), left = rows.nr, nr, most, upper, i;

	if (rows.nr)
		qsort(use, rows.nr, sizeof(*use), by_rss);
	nr = merge_alike(s, use, rows.nr, alike);
	most = 2 * per_row(s, use, nr < 2 * ROWS_OF ? nr : 2 * ROWS_OF);
	nr = nr < most ? nr : most;
	upper = (nr + 1) / 2;
	for (i = 0; i < nr; i++) {
		struct box box = { .use = &use[i], .alike = alike[i], .above = i < upper };
		size_t count = box.above ? upper : nr - upper, at = box.above ? i : i - upper;

		left -= alike[i];
		box.width = (s->width - (count - 1) * GAP) / count;
		box.x = s->left + at * (box.width + GAP);
		box.y = box.above ? TOP : HEIGHT - BOTTOM;
		box_draw(s, &box);
	}
	picture_ink(s->cr, &ink_faint, 1);
	if (left)
		picture_text(s->cr, s->left, HEIGHT - 76, 12, 0,
			     "and %zu more %s", left, left == 1 ? "process" : "processes");
	free(alike);
	free(rows.at);
}

static void draw_legend(cairo_t *cr)
{
	double x = MARGIN, y = HEIGHT - 52;

	picture_legend(cr, x, y);
	x = picture_swatch(cr, x, y + 20, &ink_copy, &ink_copy, "copied");
	x = picture_swatch(cr, x, y + 20, &ink_inherited,
			   &ink_inherited, "copied before a fork, still shared");
	x = picture_swatch(cr, x, y + 20, &ink_paper, &ink_paper,
			   "not mapped by this process");
	picture_swatch(cr, x, y + 20, &ink_shade[BY_1], NULL,
		       "shared: the amount is known, the pages are not");
	picture_text(cr, MARGIN, y + 40, 12, 0,
		     "Grey bands join a segment to its pages. The width of a segment is its size, but at least that of its name.");
}

/**
 * picture_sharing() - Draw who shares a library.
 * @cr: The picture, or NULL.
 * @subject: What to draw.
 * @width: Set to the picture's width.
 * @height: Set to the picture's height.
 */
void picture_sharing(cairo_t *cr, const struct subject *subject, double *width,
		     double *height)
{
	const struct snapshot *snap = subject->snap;
	const struct library *lib = subject->lib;
	struct sharing s = {
		.cr = cr, .snap = snap, .lib = lib, .left = MARGIN, .width = INNER,
		.top = (TOP + HEIGHT - BOTTOM - STRIP) / 2,
		.bottom = (TOP + HEIGHT - BOTTOM + STRIP) / 2,
	};
	char shared[SIZE_TEXT], mapped[SIZE_TEXT];
	char saved[SIZE_TEXT], cow[SIZE_TEXT];
	struct pagemap map;

	*width = WIDTH;
	*height = HEIGHT;
	if (!cr)
		return;
	pagemap_make(&map, snap, lib, 1);
	s.pages = map.pages ? map.pages : 1;
	free(map.cell);
	picture_ink(cr, &ink_text, 1);
	picture_text(cr, MARGIN, 34, 18, INNER, "%s", lib->path);
	picture_ink(cr, &ink_faint, 1);
	text_size(lib->mapped, mapped);
	text_size(lib->saved, saved);
	text_size(lib->shared, shared);
	text_size(lib->cow_unique, cow);
	if (lib->procs == 1)
		picture_text(cr, MARGIN, 56, 13, INNER,
			     "1 process maps %s of file pages; it has %s of distinct copies",
			     mapped, cow);
	else
		picture_text(cr, MARGIN, 56, 13, INNER,
			     "%" PRIu64 " processes map %s of file pages; %s of these are shared, which saves %s; they have %s of distinct copies",
			     lib->procs, mapped, shared, saved, cow);
	draw_processes(&s);
	draw_strip(&s);
	picture_ink(cr, &ink_text, 1);
	picture_text(cr, MARGIN + 4, s.top - 6, 11, 0,
		     "page cache: the file's pages, once; orange where a process has a copy instead");
	draw_legend(cr);
}
