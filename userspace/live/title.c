// SPDX-License-Identifier: GPL-2.0-only
/* The lines that say what the list is about, and how the library in hand has changed. */
#include <inttypes.h>
#include <ncurses.h>

#include "data/text.h"
#include "live/live.h"

#define LINES_LEAST 12	/* of a screen that has room for the curves of a library */

static void draw_name(const struct model *m, int y)
{
	static const char *const texts[] = {
		[PLACE_USERS] = "[processes] segments  sections  ",
		[PLACE_SEGMENTS] = " processes [segments] sections  ",
		[PLACE_SECTIONS] = " processes  segments [sections] ",
		[PLACE_GROUP] = "libraries of ",
		[PLACE_MAP] = "pages of ",
	};
	const struct place *place = &m->place[m->depth];
	const char *name = place->path ?: place->cgroup;
	char text[300] = "";
	int used;

	if (texts[place->kind])
		snprintf(text, sizeof(text), "%s", texts[place->kind]);
	else if (place->kind == PLACE_USES)
		snprintf(text, sizeof(text), "libraries of process %" PRIu64, place->pid);
	else
		snprintf(text, sizeof(text), "%s%s", place->kind == PLACE_GROUPS ?
			 "control groups" : place->view->name, m->chosen);
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
