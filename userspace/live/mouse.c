// SPDX-License-Identifier: GPL-2.0-only
/* The mouse: a click on a row, on a heading, or in the page map, and the wheel. */
#include <ncurses.h>

#include "live/live.h"

#define WHEEL 3		/* rows */

/**
 * mouse_setup() - Ask the terminal for clicks and the wheel.
 */
void mouse_setup(void)
{
	mousemask(BUTTON1_PRESSED | BUTTON1_CLICKED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
	/* What follows a click is not waited for. */
	mouseinterval(0);
}

/* Sort by the column; by the one that gives the order, the other way round. */
static void click_heading(struct model *m, int x)
{
	size_t i;

	for (i = 0; i < m->nr_shown; i++) {
		const struct shown *s = &m->shown[i];

		if (x < s->x || x > s->x + s->width)
			continue;
		if (s->col == model_place(m)->sort)
			model_reverse(m);
		else
			model_sort(m, s->col);
		return;
	}
}

static void click_row(struct model *m, int y)
{
	size_t at = model_place(m)->top + y;

	if ((size_t)y < m->page && at < m->list.nr)
		model_select(m, at);
}

static void click(struct model *m, int y, int x)
{
	size_t cell;

	y -= m->list_top;
	if (y < 0)
		return;
	if (model_place(m)->view) {
		if (!y)
			click_heading(m, x);
		else
			click_row(m, y - 1);
		return;
	}
	cell = y * m->map_width + x;
	if ((size_t)x < m->map_width && cell < m->map.nr)
		model_place(m)->cell = cell;
}

/**
 * mouse_take() - Do what the mouse asks for.
 * @m: The model.
 */
void mouse_take(struct model *m)
{
	MEVENT event;
	long line = model_place(m)->view ? 1 : (long)m->map_width;

	if (getmouse(&event) == ERR)
		return;
	if (event.bstate & BUTTON4_PRESSED)
		model_move(m, -WHEEL * line);
	else if (event.bstate & BUTTON5_PRESSED)
		model_move(m, WHEEL * line);
	else if (event.bstate & (BUTTON1_PRESSED | BUTTON1_CLICKED))
		click(m, event.y, event.x);
}
