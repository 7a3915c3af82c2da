// SPDX-License-Identifier: GPL-2.0-only
/* What stands in the cells of a list, and where its columns stand on the screen. */
#include <ncurses.h>

#include "data/text.h"
#include "live/live.h"
#include "out/diff.h"

#define NAME_LEAST 12	/* columns that a name gets before others are left out */
#define WIDTH_MOST 20	/* that a text which is not the name gets */

/**
 * layout_before() - A row as it was at the mark.
 * @m: The model.
 * @row: The row.
 *
 * Return: The row; NULL if there is no mark, or there was no such row.
 */
const void *layout_before(const struct model *m, const void *row)
{
	const struct view *view = m->place[m->depth].view;

	return m->marked.row ? diff_find(&m->marked, view, row) : NULL;
}

static const char *percent(const struct model *m, const struct column *col,
			   const void *row, char buf[CELL])
{
	uint64_t sum = m->sum[col - m->place[m->depth].view->columns];
	uint64_t value = column_number(col, row);

	if (!sum || sum == UNKNOWN || value == UNKNOWN)
		return "-";
	snprintf(buf, CELL, "%.1f%%", 100.0 * value / sum);
	return buf;
}

/**
 * layout_cell() - What stands in a cell.
 * @m: The model.
 * @col: The column.
 * @row: The row.
 * @old: What layout_before() found for the row.
 * @buf: For a text that has to be made.
 *
 * Return: The text.
 */
const char *layout_cell(const struct model *m, const struct column *col,
			const void *row, const void *old, char buf[CELL])
{
	uint64_t was, is;

	if (m->percent && m->sums && col->type == BYTES)
		return percent(m, col, row, buf);
	if (!m->marked.row || col->type < COUNT)
		return column_format(col, row, !m->bytes, buf);
	was = old ? column_number(col, old) : 0;
	is = column_number(col, row);
	if (was == UNKNOWN || is == UNKNOWN)
		return "-";
	return text_delta(was, is, !m->bytes && col->type == BYTES, buf);
}

/* As wide as the widest of the rows that are seen, and that were seen before. */
static int width_of(const struct model *m, const struct column *col, size_t end)
{
	const struct place *place = &m->place[m->depth];
	int width = place->width[col - place->view->columns], len;
	char buf[CELL];
	size_t i;

	/* The column that gives the order has an arrow. */
	len = strlen(col->name) + (col == place->sort);
	if (len > width)
		width = len;
	for (i = place->top; i < end; i++) {
		const void *row = m->list.row[i];

		len = draw_width(layout_cell(m, col, row, layout_before(m, row), buf));
		if (col->type == TEXT && len > WIDTH_MOST)
			len = WIDTH_MOST;
		if (len > width)
			width = len;
	}
	return width;
}

/* The longest name of all rows: others are not drawn at its cost. */
static int longest_name(const struct model *m, const struct column *name)
{
	int longest = NAME_LEAST, len;
	size_t i;

	for (i = 0; i < m->list.nr; i++) {
		len = draw_width(column_text(name, m->list.row[i]));
		if (len > longest)
			longest = len;
	}
	return longest;
}

static void add(struct model *m, const struct column *col, int width)
{
	struct place *place = model_place(m);

	place->width[col - place->view->columns] = width;
	m->shown[m->nr_shown++] = (struct shown){ .col = col, .width = width };
}

static bool is_shown(const struct model *m, const struct column *col)
{
	size_t i;

	for (i = 0; i < m->nr_shown; i++)
		if (m->shown[i].col == col)
			return true;
	return false;
}

/* More than the usual columns, where no name is cut off for them. */
static void add_wide(struct model *m, const struct column *name, int *left, size_t end)
{
	const struct place *place = model_place(m);
	const struct column *col = place->view->columns;
	const struct snapshot *snap = model_shown(m);
	int spare = *left + NAME_LEAST - longest_name(m, name), width;

	for (; col->name; col++) {
		if (!(col->flags & WIDE) || is_shown(m, col) ||
		    snapshot_lacks(snap, place->view - tables, col->name))
			continue;
		width = width_of(m, col, end);
		if (width + 1 > spare)
			continue;
		spare -= width + 1;
		*left -= width + 1;
		add(m, col, width);
	}
}

/**
 * layout_make() - Choose which columns fit the screen, and where each stands.
 * @m: The model.
 * @end: The row after the last that is seen.
 *
 * These are the first ones, and in any case the one that the order follows and the name,
 * which comes last.
 */
void layout_make(struct model *m, size_t end)
{
	struct place *place = model_place(m);
	size_t nr = m->columns.nr, i;
	const struct column *last = nr ? m->columns.at[nr - 1] : NULL;
	bool named = last && last->type == TEXT;
	int left = COLS - (named ? NAME_LEAST : 0), width, due = 0, x = 0;
	bool full = false;

	m->nr_shown = 0;
	if (place->sort && place->sort != last && columns_have(&m->columns, place->sort->name))
		due = width_of(m, place->sort, end) + 1;
	for (i = 0; i < nr - named; i++) {
		const struct column *col = m->columns.at[i];

		if (place->sort && col == place->sort)
			due = 0;
		else if (full)
			continue;
		width = width_of(m, col, end);
		full |= width + due + (m->nr_shown ? 1 : 0) > left;
		if (full && (col != place->sort || width > left))
			continue;
		left -= width + 1;
		add(m, col, width);
	}
	if (named && !full && m->list.nr && !m->marked.row && !m->columns_chosen[place->kind] &&
	    !m->columns_asked && place->view >= tables && place->view < tables + TABLES)
		add_wide(m, last, &left, end);
	if (named)
		m->shown[m->nr_shown++] = (struct shown){ .col = last, .width = left + NAME_LEAST };
	for (i = 0; i < m->nr_shown; i++) {
		m->shown[i].x = x;
		x += m->shown[i].width + 1;
	}
}
