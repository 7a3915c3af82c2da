// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files in the memory of processes: what the linker made the file of, the file's pages,
 * and each mapping of them, with address and rights. Every page is drawn.
 */
#include <inttypes.h>

#include "data/alloc.h"
#include "data/text.h"
#include "out/picture/linking.h"

#define WIDTH 1080.0
#define TOP 100.0		/* of the columns */
#define BOTTOM 72.0		/* for the legend */
#define FILE_HEAD 34.0		/* above the grid of a file */
#define MAP_HEAD 17.0		/* and of a mapping */
#define FILE_GAP 26.0
#define MAP_GAP 13.0
#define FILES_MOST 4
#define PROCESSES_MOST 2
#define PAGES_MOST 4096

struct linking {
	cairo_t *cr;
	const struct snapshot *snap;
	struct linking_file file[FILES_MOST];
	size_t files;
	uint64_t pid[PROCESSES_MOST];
	size_t pids;		/* that are drawn */
	size_t more;		/* that are not */
	struct linkmap map;	/* empty without --link-map */
	double files_x, process_x[PROCESSES_MOST];
};

static struct linking_file *file_of(struct linking *l, uint64_t lib)
{
	size_t i;

	for (i = 0; i < l->files; i++)
		if (l->file[i].lib->lib == lib)
			return &l->file[i];
	return NULL;
}

static void find_processes(struct linking *l, const struct filter *filter)
{
	const struct filter only = filter_of_processes(filter);
	struct list maps = list_make(l->snap, &tables[MAPPINGS], &l->snap->table[MAPPINGS], &only);
	uint64_t last = UNKNOWN;
	size_t m, i;

	for (m = 0; m < maps.nr; m++) {
		const struct mapping *map = maps.row[m];

		if (map->pid == last || !file_of(l, map->lib))
			continue;
		last = map->pid;
		for (i = 0; i < l->pids && l->pid[i] != map->pid; i++)
			;
		if (i == PROCESSES_MOST)
			l->more++;
		else if (i == l->pids)
			l->pid[l->pids++] = map->pid;
	}
	free(maps.row);
}

/* Where the first process maps a file first: files are drawn in that order. */
static uint64_t first_address(const struct linking *l, const struct library *lib)
{
	const struct mapping *map;

	for_each(map, l->snap, MAPPINGS)
		if (map->lib == lib->lib && map->pid == l->pid[0])
			return map->start;
	return UNKNOWN;
}

static void sort_files(struct linking *l)
{
	size_t i, j;

	for (i = 1; i < l->files; i++)
		for (j = i; j && first_address(l, l->file[j].lib) <
				first_address(l, l->file[j - 1].lib); j--) {
			struct linking_file other = l->file[j];

			l->file[j] = l->file[j - 1];
			l->file[j - 1] = other;
		}
}

static void read_link_map(struct linking *l, const char *name)
{
	size_t i;

	linkmap_read(&l->map, name);
	for (i = 0; i < l->files; i++)
		if (!strcmp(text_name(l->file[i].lib->path), text_name(l->map.output)))
			break;
	if (i == l->files)
		errx(TROUBLE, "%s is of %s, which is not in the picture: choose it with --library or --filter",
		     name, text_name(l->map.output));
	linking_from_find(&l->file[i], &l->map, l->snap);
}

static void gather(struct linking *l, const struct subject *subject)
{
	const struct options *options = subject->options;
	const struct list *libs = subject->libs;
	size_t i;

	if (libs->nr > FILES_MOST)
		errx(TROUBLE, "%zu files are too many for a picture of single pages (%d): choose them with --library or --filter",
		     libs->nr, FILES_MOST);
	for (i = 0; i < libs->nr; i++) {
		struct linking_file *file = &l->file[l->files++];

		file->lib = libs->row[i];
		pagemap_make(&file->map, l->snap, file->lib, SIZE_MAX);
		if (file->map.pages > PAGES_MOST)
			errx(TROUBLE, "%s has %" PRIu64 " pages, too many for a picture of single pages (%d): use --map",
			     file->lib->path, file->map.pages, PAGES_MOST);
	}
	find_processes(l, &options->filter);
	if (!l->pids)
		errx(TROUBLE, "no process maps this: there is nothing to draw");
	sort_files(l);
	if (options->link_map)
		read_link_map(l, options->link_map);
}

/* Columns: inputs, files and a process, or files between two processes. */
static void set_columns(struct linking *l)
{
	double x = WIDTH / 2 - LINKING_GRID / 2;

	l->process_x[0] = MARGIN;
	l->process_x[1] = WIDTH - MARGIN - LINKING_GRID;
	l->files_x = x;
	if (l->pids == 1) {
		l->process_x[0] = WIDTH - MARGIN - LINKING_GRID;
		l->files_x = l->map.inputs ? x : WIDTH / 4 - LINKING_GRID / 4;
	} else if (l->map.inputs) {
		errx(TROUBLE, "--link-map has room for one process: choose it with --pid");
	}
}

static const char *name_of(const struct linking *l, uint64_t pid)
{
	const struct process *process;

	for_each(process, l->snap, PROCESSES)
		if (process->pid == pid)
			return process->comm;
	return "-";
}

/* A band from the pages of a file to where they are mapped. */
static void draw_band(const struct linking *l, const struct linking_file *file,
		      const struct own *own, double x, double y, double height)
{
	uint64_t last = own->first + own->pages < file->map.nr ?
			own->first + own->pages : file->map.nr;
	bool left = x < file->x;
	double wide = (own->pages < LINKING_ROW ? own->pages : LINKING_ROW) * LINKING_CELL;
	double from = left ? file->x - 2 : file->x + LINKING_GRID + 2;
	double to = left ? x + LINKING_GRID + 2 : x - 2, middle = (from + to) / 2;
	double upper = file->y + (double)(own->first / LINKING_ROW) * LINKING_CELL;
	double lower = file->y + linking_height(last);

	cairo_move_to(l->cr, from, upper);
	cairo_curve_to(l->cr, middle, upper, middle, y, to, y);
	/* On across what is empty beside a mapping of less than a line. */
	if (left)
		cairo_line_to(l->cr, x + wide + 2, y);
	cairo_line_to(l->cr, left ? x + wide + 2 : to, y + height);
	cairo_line_to(l->cr, to, y + height);
	cairo_curve_to(l->cr, middle, y + height, middle, lower, from, lower);
	cairo_close_path(l->cr);
	picture_ink(l->cr, &ink_text, 0.05);
	cairo_fill_preserve(l->cr);
	picture_ink(l->cr, &ink_text, 0.3);
	cairo_set_line_width(l->cr, 0.5);
	cairo_stroke(l->cr);
}

/* A mapping, or its band, which is below all mappings; returns its height. */
static double draw_mapping(struct linking *l, struct linking_file *file,
			   const struct mapping *map, double x, double y, bool band)
{
	const char *name = text_name(file->lib->path);
	double height;
	struct own own;

	own_make(&own, l->snap, map, &file->map);
	height = linking_height(own.pages);
	if (l->cr && band) {
		draw_band(l, file, &own, x, y + MAP_HEAD, height);
	} else if (l->cr) {
		picture_ink(l->cr, &ink_text, 1);
		if (own.pages == 1)
			picture_text(l->cr, x, y + MAP_HEAD - 5, 10, LINKING_GRID, "%" PRIx64
				     " %s %s, page %" PRIu64, map->start, map->perms, name,
				     own.first);
		else
			picture_text(l->cr, x, y + MAP_HEAD - 5, 10, LINKING_GRID, "%" PRIx64
				     " %s %s, pages %" PRIu64 "–%" PRIu64, map->start,
				     map->perms, name, own.first, own.first + own.pages - 1);
		linking_own_draw(l->cr, x, y + MAP_HEAD, &own, file);
	}
	own_free(&own);
	return MAP_HEAD + height;
}

/* All mappings of a process, in the order of addresses; returns where they end. */
static double draw_process(struct linking *l, size_t i)
{
	double x = l->process_x[i], y = TOP;
	const struct mapping *map;
	int band;

	if (l->cr) {
		picture_ink(l->cr, &ink_text, 1);
		picture_text(l->cr, x, y - 20, 13, LINKING_GRID, "%s (%" PRIu64 ")",
			     name_of(l, l->pid[i]), l->pid[i]);
		picture_ink(l->cr, &ink_faint, 1);
		picture_text(l->cr, x, y - 6, 10, LINKING_GRID,
			     "its memory: address, rights, pages of the file");
	}
	for (band = 1; band >= 0; band--) {
		y = TOP;
		for_each(map, l->snap, MAPPINGS) {
			struct linking_file *file = file_of(l, map->lib);

			if (map->pid == l->pid[i] && file)
				y += draw_mapping(l, file, map, x, y, band) + MAP_GAP;
		}
	}
	return y;
}

/* Where the files are; returns where they end. */
static double place_files(struct linking *l)
{
	double y = TOP - FILE_HEAD + MAP_HEAD + 17;
	size_t i;

	for (i = 0; i < l->files; i++) {
		l->file[i].x = l->files_x;
		l->file[i].y = y;
		y += linking_height(l->file[i].map.nr) + FILE_HEAD + FILE_GAP;
	}
	return y;
}

static void draw_legend(const struct linking *l, double y)
{
	double x;

	picture_legend(l->cr, MARGIN, y);
	x = picture_swatch(l->cr, MARGIN, y + 20, &linking_copy, &linking_copy,
			   "copied by this process");
	x = picture_swatch(l->cr, x, y + 20, &ink_paper, &ink_paper,
			   l->map.inputs ? "not in this process, or nothing of an input" :
					   "not in this process");
	picture_swatch(l->cr, x, y + 20, &ink_paper, NULL,
		       "the amount is known, the pages are not");
}

static void draw_all(struct linking *l)
{
	size_t i;

	picture_ink(l->cr, &ink_text, 1);
	picture_text(l->cr, MARGIN, 34, 18, WIDTH - 2 * MARGIN, l->map.inputs ?
		     "From the linker's input to the memory of a process" :
		     l->pids == 1 ? "Files in the memory of a process" :
		     "Files in the memory of two processes");
	if (l->more) {
		picture_ink(l->cr, &ink_faint, 1);
		picture_text(l->cr, MARGIN, 54, 12, 0, "%zu more %s not drawn", l->more,
			     l->more == 1 ? "process is" : "processes are");
	}
	for (i = 0; i < l->pids; i++)
		draw_process(l, i);
	for (i = 0; i < l->files; i++) {
		linking_file_draw(l->cr, &l->file[i], l->snap->page_size);
		if (l->file[i].from)
			linking_inputs_draw(l->cr, MARGIN, l->file[i].y - 20,
					    l->files_x - MARGIN - 40, &l->map, &l->file[i]);
	}
}

/**
 * picture_linking() - Draw files in the memory of processes.
 * @cr: The picture, or NULL.
 * @subject: What to draw.
 * @width: Set to the picture's width.
 * @height: Set to the picture's height.
 */
void picture_linking(cairo_t *cr, const struct subject *subject, double *width,
		     double *height)
{
	struct linking l = { .snap = subject->snap };
	double most, y;
	size_t i;

	gather(&l, subject);
	set_columns(&l);
	most = place_files(&l);
	for (i = 0; i < l.pids; i++) {
		y = draw_process(&l, i);
		most = y > most ? y : most;
	}
	if (l.map.inputs) {
		y = TOP + linking_inputs_height(&l.map);
		most = y > most ? y : most;
	}
	*width = WIDTH;
	*height = most + BOTTOM;
	l.cr = cr;
	if (cr) {
		draw_all(&l);
		draw_legend(&l, most + 24);
	}
	for (i = 0; i < l.files; i++) {
		free(l.file[i].map.cell);
		free(l.file[i].from);
	}
	linkmap_free(&l.map);
}
