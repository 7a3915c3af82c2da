// SPDX-License-Identifier: GPL-2.0-only
/* The lines that say what the list is about, and how the library in hand has changed. */
#include <inttypes.h>
#include <ncurses.h>
#include <time.h>

#include "data/text.h"
#include "live/live.h"
#include "views/groups.h"

#define LINES_LEAST 12	/* of a screen that has room for more lines than one */
#define PATIENCE_NS 1000000000	/* of an audit that is longer, it is told how far it is */

/* What stands before the name of the library or group that the list is about. */
static void describe(const struct model *m, char *text, size_t size)
{
	static const char *const texts[] = {
		[PLACE_USERS] = "[processes] segments  sections  ",
		[PLACE_SEGMENTS] = " processes [segments] sections  ",
		[PLACE_SECTIONS] = " processes  segments [sections] ",
		[PLACE_GROUP] = "[libraries] processes  of ",
		[PLACE_MEMBERS] = " libraries [processes] of ",
		[PLACE_MAP] = "pages of ",
	};
	const struct place *place = &m->place[m->depth];
	const struct view *of;
	enum by by;

	if (place->kind == PLACE_GROUPS && place->path && groups_have(place->view, &by, &of))
		snprintf(text, size, "by %s: ", bys[by]);
	else if (place->kind == PLACE_GROUPS)
		snprintf(text, size, "%s%s", place->view->help, m->chosen);
	else if (place->kind == PLACE_USERS && place->group)
		snprintf(text, size, "%sof %s: ", texts[PLACE_USERS], place->group_name);
	else if (place->kind == PLACE_GROUP && place->by == BY_PACKAGE)
		snprintf(text, size, "libraries of ");
	else if (texts[place->kind])
		snprintf(text, size, "%s", texts[place->kind]);
	else if (place->kind == PLACE_AUDIT && place->path)
		snprintf(text, size, "copies%s of ", m->chosen);
	else if (place->kind == PLACE_USES)
		snprintf(text, size, "libraries of process %" PRIu64, place->pid);
	else
		snprintf(text, size, "%s%s", place->view->name, m->chosen);
}

static void draw_name(const struct model *m, int y)
{
	const struct place *place = &m->place[m->depth];
	const char *name = place->path ?: place->group_name;
	char text[300];
	int used;

	describe(m, text, sizeof(text));
	move(y, 0);
	attron(draw_title());
	used = draw_width(text);
	/* A narrow screen has room for one of the two. */
	if (name && used + 10 > COLS)
		used = 0;
	draw_text(name ? used : COLS, text);
	if (name)
		draw_path(COLS - used, name);
	attroff(draw_title());
	if (*place->filter && !name && used + 4 < COLS) {
		move(y, used + 2);
		draw_text(COLS - used - 2, place->filter);
	}
}

/* Copies in all, and those that sharing since a fork saves: erosion moves these to those. */
static void draw_copies(const struct model *m, int y)
{
	const struct library *lib = m->library;
	char distinct[CURVE_TEXT], fork_saved[CURVE_TEXT];
	char size[2][SIZE_TEXT], text[300];

	history_library(&m->history, lib, distinct, fork_saved);
	snprintf(text, sizeof(text), "distinct copies %s%s%s  saved by fork %s%s%s",
		 text_size(lib->cow_unique, size[0]), *distinct ? " " : "", distinct,
		 text_size(lib->cow - lib->cow_unique, size[1]), *fork_saved ? " " : "",
		 fork_saved);
	move(y, 0);
	draw_text(COLS, text);
}

/* When an audit was made, and what it read. */
static char *summary(const struct model *m, const struct snapshot *snap)
{
	char *text = audit_summary(snap), *all, when[16] = "";
	time_t seconds = snap->time_ns / 1000000000;

	if (snap->time_ns != UNKNOWN)
		strftime(when, sizeof(when), "%H:%M:%S", localtime(&seconds));
	all = xasprintf("%s%s: %s", when, m->replay ? "" : " (R: again)", text);
	free(text);
	return all;
}

/* What an audit reads, or has read. */
static char *audit_text(const struct model *m)
{
	const struct snapshot *snap = model_shown(m);
	char *text, *all;

	if (m->break_off && m->auditing)
		return xstrdup("breaking off ...");
	if (!model_reads(m))
		return snap && snap->has & HAS(AUDIT) ? summary(m, snap) : xstrdup("");
	if (!m->progress.ns)
		return xstrdup("scanning ...");
	text = m->progress.ns < PATIENCE_NS ? audit_announce(&m->progress) :
					       audit_progress(&m->progress);
	all = xasprintf("%s: Esc breaks it off", text);
	free(text);
	return all;
}

static void draw_audit(const struct model *m, int y)
{
	char *text = audit_text(m);

	move(y, 0);
	draw_text(COLS, text);
	free(text);
}

/**
 * draw_place() - Draw what the list is about.
 * @m: The model.
 * @y: The first line.
 *
 * Return: The line below.
 */
int draw_place(const struct model *m, int y)
{
	const struct library *lib = m->library;

	draw_name(m, y++);
	if (lib && lib->cow_unique != UNKNOWN && LINES >= LINES_LEAST)
		draw_copies(m, y++);
	if (place_audits(&m->place[m->depth]) && LINES >= LINES_LEAST)
		draw_audit(m, y++);
	return y;
}
