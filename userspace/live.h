/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The live view. Apart from each other: live.c waits, live_worker.c scans,
 * live_model.c, live_rows.c and live_places.c know what is shown and know no terminal,
 * live_keys.c turns keys into calls of the model, live_draw.c, live_list.c and
 * live_map.c draw it.
 */
#ifndef LIBSHARE_LIVE_H
#define LIBSHARE_LIVE_H

#include "alloc.h"
#include "filter.h"
#include "options.h"
#include "pagemap.h"
#include "print.h"
#include "source.h"
#include "totals.h"

#define LIBSHARE_DEPTH 8	/* how far Enter leads from library to process to library */
#define LIBSHARE_INPUT LIBSHARE_GLOB

/* What a place shows; a library has several views, Tab goes around them. */
enum libshare_place_kind {
	LIBSHARE_PLACE_LIBRARIES,
	LIBSHARE_PLACE_PROCESSES,
	LIBSHARE_PLACE_GROUPS,
	LIBSHARE_PLACE_USERS,
	LIBSHARE_PLACE_SEGMENTS,
	LIBSHARE_PLACE_SECTIONS,
	LIBSHARE_PLACE_USES,
	LIBSHARE_PLACE_GROUP,
	LIBSHARE_PLACE_FINDINGS,
	LIBSHARE_PLACE_MAP,
};

/* Where the user is, or was before he went deeper. */
struct libshare_place {
	enum libshare_place_kind kind;
	const struct libshare_view *view;	/* NULL: the page map */
	const struct libshare_column *sort;
	bool reverse;
	char *path, *dev;	/* of the library that the place is about, or NULL */
	uint64_t ino;
	uint64_t pid;		/* of its process */
	char *cgroup;		/* path of its control group, or NULL */
	char filter[LIBSHARE_INPUT];
	char *selected;		/* the key of the selected row, to find it again */
	size_t at, top;		/* index of the selected row, of the first that is seen */
	size_t cell;		/* of the page map */
};

/* What keys mean at the moment. */
enum libshare_focus {
	LIBSHARE_FOCUS_LIST,
	LIBSHARE_FOCUS_FILTER,	/* a filter is typed */
	LIBSHARE_FOCUS_SORT,	/* a column is chosen */
	LIBSHARE_FOCUS_SAVE,	/* the name of a file is typed */
	LIBSHARE_FOCUS_HELP,
};

struct libshare_model {
	struct libshare_snapshot *snap;		/* NULL before the first scan */
	struct libshare_snapshot *mark;		/* changes are shown since this one */
	struct libshare_totals totals, before;	/* of the last two snapshots */
	struct libshare_totals at_mark;		/* of the mark */
	bool has_before;
	bool replay, paused, ended, scanning, failed, quit;
	bool mark_next;				/* mark the next scan that has what it takes */
	char *save_next;			/* save it to this file */
	uint64_t delay_ms;
	uint64_t left;				/* scans, before the view ends */
	char message[1024];

	/* What the command line asks for, of the first place. */
	struct libshare_filter filter;
	char chosen[256];			/* the same, to read */
	char nothing[256];			/* why it leaves no row */
	bool bytes;				/* numbers instead of sizes */
	const struct libshare_view *view_asked;
	const char *columns_asked;
	const struct libshare_column *sort_asked;
	bool reverse_asked;
	bool sections_next;			/* show those of the chosen library */

	struct libshare_place place[LIBSHARE_DEPTH];
	size_t depth;				/* of the current place */
	enum libshare_focus focus;
	char input[LIBSHARE_INPUT];
	size_t choice;				/* in the list of columns */

	/* Made from the above by libshare_model_build(). */
	struct libshare_rows rows;
	bool rows_made;
	struct libshare_list list;
	struct libshare_list marked;		/* rows of the mark, sorted */
	struct libshare_columns columns;
	const struct libshare_library *library;	/* of the place, if it is there */
	size_t page;				/* rows that the screen has room for */
	size_t map_cells, map_width;		/* cells that it has room for */
	struct libshare_pagemap map;
};

static inline struct libshare_place *libshare_model_place(struct libshare_model *m)
{
	return &m->place[m->depth];
}

void libshare_place_set(struct libshare_place *place, enum libshare_place_kind kind);
void libshare_place_clear(struct libshare_place *place);
char *libshare_row_key(const struct libshare_view *view, const void *row);

void libshare_model_setup(struct libshare_model *m, const struct libshare_options *options);
void libshare_model_teardown(struct libshare_model *m);
void libshare_model_take(struct libshare_model *m, struct libshare_snapshot *snap);
unsigned int libshare_model_needs(const struct libshare_model *m);
bool libshare_model_lacks(const struct libshare_model *m);
void libshare_model_build(struct libshare_model *m);
void libshare_model_free_rows(struct libshare_model *m);
void libshare_model_build_map(struct libshare_model *m);
void libshare_model_move(struct libshare_model *m, long by);
void libshare_model_enter(struct libshare_model *m);
bool libshare_model_leave(struct libshare_model *m);
void libshare_model_open_sections(struct libshare_model *m);
void libshare_model_show_processes(struct libshare_model *m);
void libshare_model_show_groups(struct libshare_model *m);
void libshare_model_show_map(struct libshare_model *m);
void libshare_model_show_findings(struct libshare_model *m);
struct libshare_rows libshare_model_find_findings(struct libshare_model *m);
const char *libshare_model_remedy(const struct libshare_model *m);
void libshare_model_next_view(struct libshare_model *m);
void libshare_model_toggle_mark(struct libshare_model *m);
void libshare_model_sort(struct libshare_model *m, const struct libshare_column *by);
void libshare_model_save(struct libshare_model *m, const char *file);
__printf(2, 3)
void libshare_model_say(struct libshare_model *m, const char *format, ...);

void libshare_keys_take(struct libshare_model *m, int key);

bool libshare_draw_setup(void);
void libshare_draw_teardown(void);
void libshare_draw(struct libshare_model *m);
void libshare_draw_map(struct libshare_model *m, int top, int bottom);
void libshare_draw_list(struct libshare_model *m, int top, int bottom);
void libshare_draw_choice(struct libshare_model *m, int top, int bottom);
void libshare_draw_help(int top, int bottom);
void libshare_draw_text(int width, const char *text);
void libshare_draw_path(int width, const char *path);
int libshare_draw_shade(enum libshare_shade shade);
int libshare_draw_copied(void);

/* A scan, or the reading of a recording, that does not hold up the screen. */
struct libshare_worker;

struct libshare_worker *libshare_worker_start(struct libshare_source *source);
void libshare_worker_stop(struct libshare_worker *w);
int libshare_worker_fd(const struct libshare_worker *w);
void libshare_worker_ask(struct libshare_worker *w, unsigned int needs);
int libshare_worker_take(struct libshare_worker *w, struct libshare_snapshot **snap,
			 char *why, size_t size);

int libshare_live_run(const struct libshare_options *options);

#endif
