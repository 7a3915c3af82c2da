// SPDX-License-Identifier: GPL-2.0-only
/* The help: all keys, and what the words of the header mean. */
#include <ncurses.h>

#include "live/live.h"

static const int names_width = 20;	/* of what keys are called */

static const char *const words[] = {
	"saved: by sharing file pages, the sum of SAVED; saved by fork: by sharing",
	"copies, COW less COW_UNIQUE; resident: MAPPED and COW_UNIQUE; distinct copies:",
	"COW_UNIQUE; duplicated: files with one build ID twice in memory",
	"▁▄█ and 0 to 7: the last scans, from nothing to the most seen",
	"mouse: a click selects a row, a click on a heading sorts, the wheel scrolls",
};

static void draw_line(size_t i, size_t keys)
{
	const char *names, *help;

	if (!keys_explain(i, &names, &help)) {
		if (i - keys < sizeof(words) / sizeof(*words))
			draw_text(COLS, words[i - keys]);
		return;
	}
	attron(A_BOLD);
	draw_text(names_width > COLS ? COLS : names_width, names);
	attroff(A_BOLD);
	draw_text(COLS - names_width, help);
}

/**
 * draw_help() - Draw the keys.
 * @m: The model, whose @choice is the first line.
 * @top: The first line of the screen.
 * @bottom: The line after the last.
 */
void draw_help(struct model *m, int top, int bottom)
{
	size_t keys = 0, lines, room = bottom > top ? bottom - top : 0, i;
	const char *names, *help;

	while (keys_explain(keys, &names, &help))
		keys++;
	lines = keys + sizeof(words) / sizeof(*words);
	if (m->choice + room > lines)
		m->choice = lines > room ? lines - room : 0;
	for (i = 0; i < room; i++) {
		move(top + (int)i, 0);
		draw_line(m->choice + i, keys);
	}
}
