// SPDX-License-Identifier: GPL-2.0-only
/* The lines that say what the list is about, and how the library in hand has changed. */
#include <inttypes.h>
#include <ncurses.h>

#include "data/text.h"
#include "live/live.h"
#include "views/groups.h"

#define LINES_LEAST 12	/* of a screen that has room for the curves of a library */

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
	return y;
}
