/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The live view. Apart from each other: live.c waits, live_worker.c scans,
 * live_model.c, live_rows.c and live_places.c know what is shown and know no terminal,
 * live_keys.c turns keys into calls of the model, live_draw.c, live_header.c, live_list.c
 * and live_map.c draw it.
 */
#ifndef LIVE_H
#define LIVE_H

#include "data/alloc.h"
#include "data/pagemap.h"
#include "data/source.h"
#include "options.h"
#include "out/print.h"
#include "views/filter.h"
#include "views/totals.h"

#define DEPTH 8	/* how far Enter leads from library to process to library */
#define INPUT GLOB

/* What a place shows; a library has several views, Tab goes around them. */
enum place_kind {
	PLACE_LIBRARIES,
	PLACE_PROCESSES,
	PLACE_GROUPS,
	PLACE_USERS,
	PLACE_SEGMENTS,
	PLACE_SECTIONS,
	PLACE_USES,
	PLACE_GROUP,
	PLACE_FINDINGS,
	PLACE_MAP,
};

/* Where the user is, or was before he went deeper. */
struct place {
	enum place_kind kind;
	const struct view *view;	/* NULL: the page map */
	const struct column *sort;
	bool reverse;
	char *path, *dev;	/* of the library that the place is about, or NULL */
	uint64_t ino;
	uint64_t pid;		/* of its process */
	char *cgroup;		/* path of its control group, or NULL */
	char filter[INPUT];
	char *selected;		/* the key of the selected row, to find it again */
	size_t at, top;		/* index of the selected row, of the first that is seen */
	size_t cell;		/* of the page map */
};

/* What keys mean at the moment. */
enum focus {
	FOCUS_LIST,
	FOCUS_FILTER,	/* a filter is typed */
	FOCUS_SORT,	/* a column is chosen */
	FOCUS_SAVE,	/* the name of a file is typed */
	FOCUS_HELP,
};

struct model {
	struct snapshot *snap;		/* NULL before the first scan */
	struct snapshot *mark;		/* changes are shown since this one */
	struct totals totals, before;	/* of the last two snapshots */
	struct totals at_mark;		/* of the mark */
	bool has_before;
	bool replay, paused, ended, scanning, failed, quit;
	bool mark_next;				/* mark the next scan that has what it takes */
	char *save_next;			/* save it to this file */
	uint64_t chosen_ms;			/* between scans, as the user chose */
	uint64_t delay_ms;			/* as it is: more if a scan takes long */
	uint64_t left;				/* scans, before the view ends */
	char message[1024];

	/* What the command line asks for, of the first place. */
	struct filter filter;
	char chosen[256];			/* the same, to read */
	char nothing[256];			/* why it leaves no row */
	bool bytes;				/* numbers instead of sizes */
	const struct view *view_asked;
	const char *columns_asked;
	const struct column *sort_asked;
	bool reverse_asked;
	bool sections_next;			/* show those of the chosen library */

	struct place place[DEPTH];
	size_t depth;				/* of the current place */
	enum focus focus;
	char input[INPUT];
	size_t choice;				/* in the list of columns */

	/* Made from the above by model_build(). */
	struct rows rows;
	bool rows_made;
	struct list list;
	struct list marked;		/* rows of the mark, sorted */
	struct columns columns;
	const struct library *library;	/* of the place, if it is there */
	size_t page;				/* rows that the screen has room for */
	size_t map_cells, map_width;		/* cells that it has room for */
	struct pagemap map;
};

static inline struct place *model_place(struct model *m)
{
	return &m->place[m->depth];
}

void place_set(struct place *place, enum place_kind kind);
void place_clear(struct place *place);
char *row_key(const struct view *view, const void *row);

void model_setup(struct model *m, const struct options *options);
void model_teardown(struct model *m);
void model_take(struct model *m, struct snapshot *snap);
unsigned int model_needs(const struct model *m);
bool model_lacks(const struct model *m);
void model_build(struct model *m);
void model_free_rows(struct model *m);
void model_build_map(struct model *m);
void model_move(struct model *m, long by);
void model_enter(struct model *m);
bool model_leave(struct model *m);
void model_open_sections(struct model *m);
void model_show_processes(struct model *m);
void model_show_groups(struct model *m);
void model_show_map(struct model *m);
void model_show_findings(struct model *m);
struct rows model_find_findings(struct model *m);
const char *model_remedy(const struct model *m);
void model_next_view(struct model *m);
void model_toggle_mark(struct model *m);
void model_sort(struct model *m, const struct column *by);
void model_save(struct model *m, const char *file);
__printf(2, 3)
void model_say(struct model *m, const char *format, ...);

void keys_take(struct model *m, int key);

bool draw_setup(void);
void draw_teardown(void);
void draw_screen(struct model *m);
void draw_map(struct model *m, int top, int bottom);
void draw_list(struct model *m, int top, int bottom);
void draw_choice(struct model *m, int top, int bottom);
void draw_help(int top, int bottom);
void draw_text(int width, const char *text);
void draw_path(int width, const char *path);
int draw_shade(enum shade shade);
int draw_copied(void);
int draw_title(void);
int draw_warning(void);
int draw_width(const char *text);
int draw_header(const struct model *m);

/* A scan, or the reading of a recording, that does not hold up the screen. */
struct worker;

struct worker *worker_start(struct source *source);
void worker_stop(struct worker *w);
int worker_fd(const struct worker *w);
void worker_ask(struct worker *w, unsigned int needs);
int worker_take(struct worker *w, struct snapshot **snap, char *why, size_t size);

int live_run(const struct options *options);

#endif
