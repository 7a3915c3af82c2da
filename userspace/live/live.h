/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The live view. Apart from each other: live.c waits, worker.c scans and audits; model.c,
 * rows.c, places.c, groups.c, audit.c, search.c, users.c, history.c and sums.c know what is
 * shown and know no terminal; keys.c, typing.c, choice.c and mouse.c turn keys into calls of
 * the model; draw.c, header.c, title.c, layout.c, list.c, advice.c, help.c and map.c draw it.
 */
#ifndef LIVE_H
#define LIVE_H

#include "data/alloc.h"
#include "data/pagemap.h"
#include "data/source.h"
#include "live/history.h"
#include "options.h"
#include "out/print.h"
#include "views/audit.h"
#include "views/filter.h"
#include "views/labels.h"
#include "views/totals.h"

#define DEPTH 8	/* how far Enter leads from library to process to library */
#define INPUT GLOB
#define NAME 64		/* bytes of a user's name */
#define COLUMNS_MOST 64
#define NOT_ASKED UINT64_MAX

/* What a place shows; a library has several views, Tab goes around them. */
enum place_kind {
	PLACE_LIBRARIES,
	PLACE_PROCESSES,
	PLACE_GROUPS,
	PLACE_USERS,
	PLACE_SEGMENTS,
	PLACE_SECTIONS,
	PLACE_USES,
	PLACE_GROUP,		/* libraries of a group */
	PLACE_MEMBERS,		/* processes of a group */
	PLACE_AUDIT,
	PLACE_FINDINGS,
	PLACE_MAP,
};

/* Where the user is, or was before going deeper. */
struct place {
	enum place_kind kind;
	const struct view *view;	/* NULL: the page map */
	const struct column *sort;
	bool reverse;
	char *path, *dev;	/* of the library that the place is about, or NULL */
	uint64_t ino;
	uint64_t pid;		/* of its process */
	enum by by;		/* kind of the group that the place is about */
	char *group;		/* its id, or NULL */
	char *group_name;
	char filter[INPUT];
	char *selected;		/* the key of the selected row, to find it again */
	size_t at, top;		/* index of the selected row, of the first that is seen */
	int width[COLUMNS_MOST];	/* of columns so far, so that ticks do not move them */
	size_t cell;		/* of the page map */
};

/* Whether the place shows what an audit found. */
static inline bool place_audits(const struct place *place)
{
	return place->kind == PLACE_AUDIT || place->kind == PLACE_FINDINGS;
}

/* What keys mean at the moment. */
enum focus {
	FOCUS_LIST,
	FOCUS_FILTER,	/* a filter is typed */
	FOCUS_SEARCH,	/* what to search for is typed */
	FOCUS_SORT,	/* a column is chosen */
	FOCUS_COLUMNS,	/* columns to show are chosen */
	FOCUS_USERS,	/* a user is chosen */
	FOCUS_BY,	/* what to put rows together by is chosen */
	FOCUS_SAVE,	/* the name of a file is typed */
	FOCUS_HELP,
};

/* A user, and what its processes have. */
struct user {
	uint64_t uid, procs, pss;
};

/* A column that is on the screen, for those that draw it, and for the mouse. */
struct shown {
	const struct column *col;
	int x, width;
};

struct model {
	struct snapshot *snap;		/* NULL before the first scan */
	struct snapshot *mark;		/* changes are shown since this one */
	struct totals totals, before;	/* of this snapshot and the one before */
	struct totals at_mark;		/* of the mark */
	bool has_before;
	bool replay, paused, ended, scanning, failed, quit;
	struct snapshot *audited;	/* the last one with an audit; NULL: none was made here */
	bool mark_next;				/* mark the next scan that has what it takes */
	char *save_next;			/* save it to this file */
	uint64_t chosen_ms;			/* between scans, as the user chose */
	uint64_t delay_ms;			/* as it is: more if a scan takes long */
	uint64_t left;				/* scans, before the view ends */
	uint64_t at;				/* number of the snapshot in a recording */
	uint64_t seek;				/* the one to show next, or NOT_ASKED */
	bool once;				/* a recording that cannot be read again */
	struct history history;
	char message[1024];

	/* What the command line asks for, of the first place. */
	struct filter filter;
	char chosen[256];			/* the same, to read */
	char nothing[256];			/* why it leaves no row */
	bool bytes;				/* numbers instead of sizes */
	bool percent;				/* of the sum, instead of sizes */
	uint64_t uid;				/* that filter.uid points to */
	enum by by;				/* what puts rows of the first place together */
	const struct view *view_asked;
	const char *columns_asked;
	const struct column *sort_asked;
	bool reverse_asked;
	enum place_kind open_next;		/* of the chosen library; libraries: nothing */

	/* Copies are read only when they are asked for. */
	bool audit_next;			/* with the next scan */
	bool auditing;				/* the scan under way is followed by an audit */
	bool break_off;				/* which is wanted no more */
	struct audit_progress progress;
	struct filter audit_limit;		/* what it reads */
	char *audit_path;			/* that the limit points to, as to: */
	char audit_glob[INPUT];
	uint64_t audit_uid;

	struct place place[DEPTH];
	size_t depth;				/* of the current place */
	enum focus focus;
	char input[INPUT];
	char search[INPUT];
	size_t search_from;			/* the row where a search began */
	size_t choice;				/* in a list, or the first line of help */
	uint64_t columns_chosen[PLACE_MAP + 1];	/* bits of each kind's columns; 0: usual */

	/* Made from the above by model_build(). */
	struct rows rows;
	bool rows_made;
	struct list list;
	struct rows mark_rows;
	bool mark_rows_made;
	struct list marked;		/* rows of the mark, sorted */
	struct columns columns;
	uint64_t sum[COLUMNS_MOST];		/* of the columns of the view, or UNKNOWN */
	bool sums;				/* whether its rows add up */
	const struct library *library;	/* of the place, if it is there */

	/* Learnt while it is drawn. */
	struct shown shown[COLUMNS_MOST];
	size_t nr_shown;
	int list_top;				/* the line of the headings, or of the map */
	int screen_width;
	size_t page;				/* rows that the screen has room for */
	size_t map_cells, map_width;		/* cells that it has room for */
	struct pagemap map;
};

static inline struct place *model_place(struct model *m)
{
	return &m->place[m->depth];
}

void place_show(struct place *place, enum place_kind kind, const struct view *view);
void place_set(struct place *place, enum place_kind kind);
void place_aim(struct place *place, const char *path, const char *dev, uint64_t ino);
void place_clear(struct place *place);
const struct library *place_library(const struct place *place, const struct snapshot *snap);
char *row_key(const struct view *view, const void *row);

void model_setup(struct model *m, const struct options *options);
void model_teardown(struct model *m);
void model_describe_filter(struct model *m);
void model_take(struct model *m, struct snapshot *snap, uint64_t at);
unsigned int model_needs(const struct model *m);
unsigned int model_names(const struct model *m);
bool model_lacks(const struct model *m);
bool model_lacks_rows(const struct model *m, const struct snapshot *snap);
void model_save(struct model *m, const char *file);
__printf(2, 3)
void model_say(struct model *m, const char *format, ...);

void model_build(struct model *m);
void model_build_rows(struct model *m);
void model_free_rows(struct model *m);
void model_build_map(struct model *m);
void model_add_up(struct model *m);

struct snapshot *model_shown(const struct model *m);
bool model_reads(const struct model *m);
const struct filter *model_limit_audit(struct model *m);
void model_show_audit(struct model *m);
void model_audit_again(struct model *m);
bool model_break_off(struct model *m);
struct rows model_find_audit(const struct model *m);
struct rows model_find_findings(const struct model *m);
const char *model_remedy(const struct model *m);

void model_select(struct model *m, size_t at);
void model_move(struct model *m, long by);
void model_enter(struct model *m);
bool model_leave(struct model *m);
bool model_open_library(struct model *m, enum place_kind kind);
void model_open_asked(struct model *m);
struct place *model_push(struct model *m, enum place_kind kind);
void model_show_processes(struct model *m);
void model_show_groups(struct model *m);
const struct view *model_ungrouped(const struct model *m);
size_t model_nr_groupings(const struct model *m);
void model_group(struct model *m, enum by by);
void model_open_group(struct model *m, const void *row);
struct rows model_find_groups(struct model *m, struct snapshot *snap);
struct rows model_find_members(struct model *m);
void model_keep_members(struct model *m);
void model_show_map(struct model *m);
void model_show_findings(struct model *m);
void model_next_view(struct model *m);
void model_toggle_mark(struct model *m);
void model_sort(struct model *m, const struct column *by);
void model_reverse(struct model *m);
void model_step(struct model *m, bool back);
bool model_search(struct model *m, size_t from, bool back);

const char *user_name(const struct model *m, uint64_t uid, char name[NAME]);
struct user *users_list(const struct snapshot *snap, size_t *nr);
void model_choose_user(struct model *m, const uint64_t *uid);

void columns_build(struct model *m);
bool columns_toggle(struct model *m, size_t i);

void keys_take(struct model *m, int key);
bool keys_explain(size_t i, const char **names, const char **help);
void typing_begin(struct model *m, enum focus focus);
void typing_take(struct model *m, int key);
void choice_begin(struct model *m, enum focus focus);
void choice_take(struct model *m, int key);
void mouse_setup(void);
void mouse_take(struct model *m);

bool draw_setup(void);
void draw_teardown(void);
void draw_screen(struct model *m);
void draw_map(struct model *m, int top, int bottom);
void draw_list(struct model *m, int top, int bottom);
void draw_choice(struct model *m, int top, int bottom);
void draw_help(struct model *m, int top, int bottom);
int draw_advice(const struct model *m, int top, int bottom);
int draw_place(const struct model *m, int y);
void draw_text(int width, const char *text);
void draw_path(int width, const char *path);
int draw_shade(enum shade shade);
int draw_copied(void);
int draw_title(void);
int draw_warning(void);
int draw_width(const char *text);
int draw_header(const struct model *m);
void layout_make(struct model *m, size_t end);
const char *layout_cell(const struct model *m, const struct column *col,
			const void *row, const void *old, char buf[CELL]);
const void *layout_before(const struct model *m, const void *row);

/* A scan, an audit, or the reading of a recording, that does not hold up the screen. */
struct worker;

#define WORKER_BUSY 2

struct worker *worker_start(struct source *source);
void worker_stop(struct worker *w);
int worker_fd(const struct worker *w);
void worker_ask(struct worker *w, unsigned int needs, unsigned int names, uint64_t at,
		const struct filter *audit);
void worker_break_off(struct worker *w);
int worker_take(struct worker *w, struct snapshot **snap, struct audit_progress *progress,
		char *why, size_t size);

int live_run(const struct options *options);

#endif
