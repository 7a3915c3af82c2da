// SPDX-License-Identifier: GPL-2.0-only
/* Lists on the screen: rows of a view, columns to sort by, and the help. */
#include <ctype.h>
#include <ncurses.h>

#include "data/text.h"
#include "live/live.h"
#include "out/diff.h"

#define NAME_LEAST 12	/* columns that a name gets before others are left out */
#define WIDTH_MOST 20	/* that a text which is not the name gets */

/* A column that is on the screen. */
struct shown {
	const struct column *col;
	int width;
};

static const char *cell(const struct model *m, const struct column *col,
			const void *row, const void *old, char buf[CELL])
{
	uint64_t was, is;

	if (!m->marked.row || col->type < COUNT)
		return column_format(col, row, !m->bytes, buf);
	was = old ? column_number(col, old) : 0;
	is = column_number(col, row);
	return text_delta(was, is, !m->bytes && col->type == BYTES, buf);
}

static const void *row_before(const struct model *m, const void *row)
{
	const struct view *view = m->place[m->depth].view;

	return m->marked.row ? diff_find(&m->marked, view, row) : NULL;
}

/* As wide as the widest of the rows that are seen. */
static int width_of(const struct model *m, const struct column *col,
		    size_t top, size_t end)
{
	int width = strlen(col->name), len;
	char buf[CELL];
	size_t i;

	for (i = top; i < end; i++) {
		const void *row = m->list.row[i];

		len = strlen(cell(m, col, row, row_before(m, row), buf));
		if (col->type == TEXT && len > WIDTH_MOST)
			len = WIDTH_MOST;
		if (len > width)
			width = len;
	}
	return width;
}

/*
 * Which columns fit: the first ones, and in any case the one that the order follows
 * and the name, which comes last.
 */
static size_t lay_out(const struct model *m, struct shown *shown, size_t end)
{
	const struct place *place = &m->place[m->depth];
	size_t nr = m->columns.nr, kept = 0, i;
	const struct column *last = nr ? m->columns.at[nr - 1] : NULL;
	bool named = last && last->type == TEXT;
	int left = COLS - (named ? NAME_LEAST : 0), width, due = 0;
	bool full = false;

	if (place->sort && place->sort != last)
		due = width_of(m, place->sort, place->top, end) + 1;
	for (i = 0; i < nr - named; i++) {
		const struct column *col = m->columns.at[i];

		if (place->sort && col == place->sort)
			due = 0;
		else if (full)
			continue;
		width = width_of(m, col, place->top, end);
		full |= width + due + (kept ? 1 : 0) > left;
		if (full && (col != place->sort || width > left))
			continue;
		left -= width + 1;
		shown[kept++] = (struct shown){ col, width };
	}
	if (named)
		shown[kept++] = (struct shown){ last, left + NAME_LEAST };
	return kept;
}

static void draw_cell(const struct shown *s, const char *text, bool last)
{
	bool number = s->col->type != TEXT;
	int blank = number ? s->width - (int)strlen(text) : 0;

	while (blank-- > 0)
		addch(' ');
	if (last && s->col->flags & TAKES_REST)
		draw_path(s->width, text);
	else
		draw_text(number ? (int)strlen(text) : s->width, text);
	if (!last)
		addch(' ');
}

static void draw_head(const struct place *place, const struct shown *shown, size_t nr)
{
	char name[CELL];
	size_t i, j;

	for (i = 0; i < nr; i++) {
		const char *from = shown[i].col->name;

		for (j = 0; j < sizeof(name) - 1 && from[j]; j++)
			name[j] = toupper(from[j]);
		name[j] = '\0';
		/* Not as the selected row, but for the column that gives the order. */
		attrset(shown[i].col == place->sort ? A_REVERSE | A_BOLD : A_UNDERLINE);
		draw_cell(&shown[i], name, i + 1 == nr);
	}
	while (getcurx(stdscr) && getcurx(stdscr) < COLS - 1)
		addch(' ');
	attrset(A_NORMAL);
}

static void draw_row(const struct model *m, const struct shown *shown, size_t nr,
		     const void *row)
{
	const void *old = row_before(m, row);
	char buf[CELL];
	size_t i;

	for (i = 0; i < nr; i++) {
		const char *text = cell(m, shown[i].col, row, old, buf);

		draw_cell(&shown[i], text, i + 1 == nr);
	}
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
	if (m->replay && !m->rows.nr && !m->rows_made)
		return "the recording does not have this";
	if (*place->filter)
		return "nothing matches the filter: Esc clears it";
	if (place->path && !m->library)
		return "the library is no longer mapped";
	if (place->kind == PLACE_USES)
		return "the process maps no library any more";
	if (place->kind == PLACE_FINDINGS)
		return m->replay && !(m->snap->has & HAS(AUDIT)) ?
		       "no audit in the recording: record with --view audit" :
		       "nothing is worth changing";
	return place->kind == PLACE_SECTIONS ? "no page of it was copied" :
	       "nothing to show";
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
	struct shown shown[sizeof(m->columns.at) / sizeof(*m->columns.at)];
	size_t room = bottom - top - 1, end, nr, i;

	m->page = room;
	if (place->at < place->top)
		place->top = place->at;
	if (place->at >= place->top + room)
		place->top = place->at - room + 1;
	if (place->top + room > m->list.nr)
		place->top = m->list.nr > room ? m->list.nr - room : 0;
	end = place->top + room < m->list.nr ? place->top + room : m->list.nr;
	nr = lay_out(m, shown, end);
	move(top, 0);
	draw_head(place, shown, nr);
	for (i = place->top; i < end; i++) {
		move(top + 1 + (int)(i - place->top), 0);
		if (i == place->at)
			attrset(A_STANDOUT | A_BOLD);
		draw_row(m, shown, nr, m->list.row[i]);
		attrset(A_NORMAL);
	}
	if (!m->list.nr) {
		move(top + 1, 0);
		draw_text(COLS, why_empty(m));
	}
}

/**
 * draw_choice() - Draw the columns to sort by.
 * @m: The model.
 * @top: The first line.
 * @bottom: The line after the last.
 */
void draw_choice(struct model *m, int top, int bottom)
{
	const struct column *col = model_place(m)->view->columns;
	int room = bottom - top - 1, first = (int)m->choice < room ? 0 : (int)m->choice - room + 1;
	int i;

	move(top, 0);
	draw_text(COLS, "sort by (Enter chooses, Esc leaves it):");
	for (i = 0; col[i].name && i - first < room; i++) {
		if (i < first)
			continue;
		move(top + 1 + i - first, 0);
		if (i == (int)m->choice)
			attrset(A_REVERSE);
		draw_text(COLS < 14 ? COLS : 14, col[i].name);
		draw_text(COLS - 14, col[i].help);
		attrset(A_NORMAL);
	}
}

/**
 * draw_help() - Draw the keys.
 * @top: The first line.
 * @bottom: The line after the last.
 */
void draw_help(int top, int bottom)
{
	static const char *const lines[] = {
		"arrows PgUp PgDn Home End    select a row, or a cell of the page map",
		"Enter   open: a library's processes, a process's libraries",
		"Tab     of a library: processes, segments, copies by section",
		"Esc     back; clears the filter first (also Backspace, Left)",
		"p       processes, and back to libraries",
		"c       control groups, and back to libraries; Enter: libraries of a group",
		"m       page map of the library, and back",
		"w       what to do about copies: reads the memory of processes, and pauses",
		"/       filter as you type: a part of a name, or a glob",
		"> F6    choose the column to sort by",
		"r       reverse the order",
		"d       show changes since now; again: no longer",
		"Space   pause, and go on",
		"s       save what was scanned, for --replay and --diff",
		"q F10   quit",
		"saved: by sharing file pages, the sum of SAVED; saved by fork: by sharing",
		"copies, COW less COW_UNIQUE; resident: MAPPED and COW_UNIQUE; distinct copies:",
		"COW_UNIQUE; duplicated: files with one build ID twice in memory",
	};
	int i, nr = sizeof(lines) / sizeof(*lines);

	for (i = 0; i < nr && top + i < bottom; i++) {
		move(top + i, 0);
		draw_text(COLS, lines[i]);
	}
}
