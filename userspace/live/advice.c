// SPDX-License-Identifier: GPL-2.0-only
/* What can be done about copies, below the sections that have them. */
#include <ctype.h>
#include <ncurses.h>

#include "live/live.h"
#include "views/sections.h"

#define ROWS_LEAST 4	/* lines of the list that are more important */

/* The advice as one text, each piece on a line, whatever its width. */
static char *make_text(const struct model *m)
{
	char *text = NULL, *from, *to;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	sections_advise(m->snap, &m->list, out);
	fclose(out);
	for (from = text, to = text; *from; from++) {
		/* A line that is not the last of its piece ends in a blank. */
		if (*from == '\n' && from[1] && from[1] != '\n' && to != text && to[-1] != '\n')
			*to++ = ' ';
		else if (*from != ' ' || (to != text && to[-1] != ' '))
			*to++ = *from;
	}
	*to = '\0';
	return text;
}

/* How much of @text fits a line of @width columns, and what follows the blank there. */
static size_t break_line(const char *text, size_t width, const char **rest)
{
	size_t len = strcspn(text, "\n"), cut = len;

	if (len > width) {
		for (cut = width; cut && text[cut] != ' '; cut--)
			;
		cut = cut ? cut : width;
	}
	*rest = text + cut + (text[cut] == ' ' || text[cut] == '\n');
	return cut;
}

/* Draw the lines from @y on, if @draw; how many there are. */
static int flow(const char *text, int y, int bottom, bool draw)
{
	int lines = 0, width = COLS > 1 ? COLS - 1 : 1;
	const char *rest;

	for (; text && *text; text = rest) {
		size_t len = break_line(text, width, &rest);
		char *line = strndup(text, len);

		if (draw && line && y + lines < bottom) {
			move(y + lines, 0);
			draw_text(COLS, line);
		}
		free(line);
		lines++;
	}
	return lines;
}

/**
 * draw_advice() - Draw what can be done about the copies in the sections.
 * @m: The model.
 * @top: The first line that the list needs.
 * @bottom: The line after the last.
 *
 * Return: The line after the last that is left for the list.
 */
int draw_advice(const struct model *m, int top, int bottom)
{
	int lines, least = top + ROWS_LEAST;
	char *text;

	if (m->place[m->depth].kind != PLACE_SECTIONS || !m->list.nr)
		return bottom;
	text = make_text(m);
	lines = flow(text, 0, 0, false);
	if (lines && bottom - lines >= least) {
		bottom -= lines;
		flow(text, bottom, bottom + lines, true);
	}
	free(text);
	return bottom;
}
