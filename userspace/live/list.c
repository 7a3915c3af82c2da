// SPDX-License-Identifier: GPL-2.0-only
/* Lists on the screen: headings, rows of a view, and their sum. */
#include <ctype.h>
#include <inttypes.h>
#include <ncurses.h>
#include <stdlib.h>

#include "data/text.h"
#include "live/live.h"

#define ROWS_LEAST 3	/* that are more important than their sum */

static void draw_cell(const struct shown *s, const char *text, bool last)
{
	bool number = s->col->type != TEXT;
	int width = draw_width(text), blank = number ? s->width - width : 0;

	while (blank-- > 0)
		addch(' ');
	if (last && s->col->flags & TAKES_REST)
		draw_path(s->width, text);
	else
		draw_text(number ? width : s->width, text);
	if (!last)
		addch(' ');
}

/* Down where the largest come first. */
static const char *arrow(const struct place *place)
{
	bool down = (place->sort->type >= COUNT) ^ place->reverse;

	if (MB_CUR_MAX > 1)
		return down ? "↓" : "↑";
	return down ? "v" : "^";
}

static void draw_head(const struct model *m)
{
	const struct place *place = &m->place[m->depth];
	char name[CELL + 8];
	size_t i, j;

	for (i = 0; i < m->nr_shown; i++) {
		const struct shown *s = &m->shown[i];
		bool sorted = s->col == place->sort;

		for (j = 0; j < CELL - 1 && s->col->name[j]; j++)
			name[j] = toupper(s->col->name[j]);
		name[j] = '\0';
		if (sorted)
			strcat(name, arrow(place));
		/* Unlike the selected row. */
		attrset(A_UNDERLINE | (sorted ? A_BOLD : 0));
		draw_cell(s, name, i + 1 == m->nr_shown);
	}
	while (getcurx(stdscr) && getcurx(stdscr) < COLS - 1)
		addch(' ');
	attrset(A_NORMAL);
}

static void draw_row(const struct model *m, const void *row)
{
	const void *old = layout_before(m, row);
	char buf[CELL];
	size_t i;

	for (i = 0; i < m->nr_shown; i++)
		draw_cell(&m->shown[i], layout_cell(m, m->shown[i].col, row, old, buf),
			  i + 1 == m->nr_shown);
}

static void draw_sums(const struct model *m)
{
	const struct column *first = m->place[m->depth].view->columns;
	char text[CELL];
	size_t i;

	attrset(A_BOLD);
	for (i = 0; i < m->nr_shown; i++) {
		const struct shown *s = &m->shown[i];
		uint64_t sum = m->sum[s->col - first];
		bool last = i + 1 == m->nr_shown;

		*text = '\0';
		if (last && s->col->type == TEXT)
			snprintf(text, sizeof(text), "total of %zu", m->list.nr);
		else if (s->col->type == BYTES && sum == UNKNOWN)
			snprintf(text, sizeof(text), "-");
		else if (s->col->type == BYTES && m->bytes)
			snprintf(text, sizeof(text), "%" PRIu64, sum);
		else if (s->col->type == BYTES)
			text_size(sum, text);
		draw_cell(s, text, last);
	}
	attrset(A_NORMAL);
}

static const char *why_no_audit(const struct model *m)
{
	const struct place *place = &m->place[m->depth];
	const struct snapshot *snap = model_shown(m);

	if (model_reads(m))
		return "";
	if (m->replay && !(snap->has & HAS(AUDIT)))
		return "no audit in the recording: record with --view audit";
	if (!snap)
		return "no copies were read: R reads them";
	if (place->kind == PLACE_FINDINGS)
		return "nothing is worth changing";
	return place->path ? "no copies of it were read" : "no library has copies";
}

static const char *why_empty(const struct model *m)
{
	const struct place *place = &m->place[m->depth];

	if (model_lacks(m))
		return m->failed ? "not known" : "scanning ...";
	if (m->marked.row && !*m->nothing)
		return "nothing has changed since the mark";
	if (*m->nothing)
		return m->nothing;
	if (place_audits(place) && !m->rows.nr)
		return why_no_audit(m);
	if (m->replay && ((!m->rows.nr && !m->rows_made) || model_lacks_rows(m, m->snap)))
		return "the recording does not have this";
	if (*place->filter)
		return "nothing matches the filter: Esc clears it";
	if (place->path && !m->library)
		return "the library is no longer mapped";
	if (place->kind == PLACE_USES)
		return "the process maps no library any more";
	return place->kind == PLACE_SECTIONS ? "no page of it was copied" :
	       "nothing to show";
}

/* Sums are as wide as their columns, or wider. */
static void widen(struct model *m)
{
	struct place *place = model_place(m);
	const struct column *col;
	char text[CELL];

	for (col = place->view->columns; m->sums && col->name; col++) {
		uint64_t sum = m->sum[col - place->view->columns];
		int *width = &place->width[col - place->view->columns], len;

		if (sum == UNKNOWN)
			continue;
		len = m->bytes ? snprintf(text, sizeof(text), "%" PRIu64, sum) :
				 (int)strlen(text_size(sum, text));
		if (len > *width)
			*width = len;
	}
}

/* Another width may show other columns, and is no reason to keep those of the old one. */
static void learn_width(struct model *m)
{
	if (m->screen_width == COLS)
		return;
	m->screen_width = COLS;
	model_build(m);
}

/**
 * draw_list() - Draw the rows of the current place.
 * @m: The model, which learns how many there is room for.
 * @top: The first line.
 * @bottom: The line after the last.
 */
void draw_list(struct model *m, int top, int bottom)
{
	struct place *place = model_place(m);
	size_t room = bottom - top - 1, end, i;
	bool sums;

	learn_width(m);
	sums = m->sums && room > ROWS_LEAST;
	room -= sums;
	m->page = room;
	m->list_top = top;
	if (place->at < place->top)
		place->top = place->at;
	if (place->at >= place->top + room)
		place->top = place->at - room + 1;
	if (place->top + room > m->list.nr)
		place->top = m->list.nr > room ? m->list.nr - room : 0;
	end = place->top + room < m->list.nr ? place->top + room : m->list.nr;
	if (sums)
		widen(m);
	layout_make(m, end);
	move(top, 0);
	draw_head(m);
	for (i = place->top; i < end; i++) {
		move(top + 1 + (int)(i - place->top), 0);
		if (i == place->at)
			attrset(A_STANDOUT | A_BOLD);
		draw_row(m, m->list.row[i]);
		attrset(A_NORMAL);
	}
	if (sums) {
		move(top + 1 + (int)(end - place->top), 0);
		draw_sums(m);
	}
	if (!m->list.nr) {
		move(top + 1, 0);
		draw_text(COLS, why_empty(m));
	}
}
