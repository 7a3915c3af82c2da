// SPDX-License-Identifier: GPL-2.0-only
/* Which columns a place shows, and in what order its rows stand. */
#include "live/live.h"
#include "views/sections.h"

#define AUDIT_COLUMNS "copies,in_file,equal,relocated,different,unread,procs"
#define ROOMY 100	/* columns of a screen that has room for command lines */

/* What the order follows is to be seen; names stay last. */
static void show_column(struct columns *columns, const struct column *col)
{
	size_t i;

	for (i = 0; i < columns->nr; i++)
		if (columns->at[i] == col)
			return;
	if (!col || !columns->nr || columns->nr == sizeof(columns->at) / sizeof(*columns->at))
		return;
	columns->at[columns->nr] = columns->at[columns->nr - 1];
	columns->at[columns->nr++ - 1] = col;
}

/* Whether the command line says which columns this place shows. */
static bool is_asked(const struct model *m)
{
	return m->columns_asked && m->place[m->depth].view == m->view_asked;
}

/* Columns other than the usual ones; or NULL. */
static const char *columns_of(const struct model *m)
{
	const struct section *row = (void *)m->rows.at;
	const struct place *place = &m->place[m->depth];

	if (is_asked(m))
		return m->columns_asked;
	if (place->kind == PLACE_FINDINGS)
		return "wins,procs,rule,finding";
	if (place->kind == PLACE_AUDIT)
		return place->path ? AUDIT_COLUMNS ",section" : AUDIT_COLUMNS ",path";
	if (place->view == &tables[PROCESSES] && m->screen_width >= ROOMY &&
	    (!m->replay || m->snap->has & HAS(CMDLINES)))
		return "+cmdline";
	if (place->kind != PLACE_SECTIONS)
		return NULL;
	/* The library is named above the list, and has one note. */
	return m->rows.nr && strcmp(row->note, "-") ? "cow,pages,relocs,size,cause,note,section" :
						      "cow,pages,relocs,size,cause,section";
}

/**
 * columns_build() - Choose the columns of the current place.
 * @m: The model, with the rows of the place.
 */
void columns_build(struct model *m)
{
	struct place *place = model_place(m);
	uint64_t chosen = m->columns_chosen[place->kind];
	size_t i;

	if (!chosen) {
		columns_choose(place->view, columns_of(m), FORM_TABLE, &m->columns, NULL, 0);
		/* Those that were asked for stay until another order is chosen. */
		if (place->sort != m->sort_asked || !is_asked(m))
			show_column(&m->columns, place->sort);
		return;
	}
	m->columns.nr = 0;
	for (i = 0; i < COLUMNS_MOST && place->view->columns[i].name; i++)
		if (chosen >> i & 1)
			m->columns.at[m->columns.nr++] = &place->view->columns[i];
}

static uint64_t bit_of(const struct place *place, const struct column *col)
{
	return 1ull << (col - place->view->columns);
}

/**
 * columns_toggle() - Show a column, or no longer.
 * @m: The model.
 * @i: Which column of the current place's view.
 *
 * Return: Whether it could be done: one column stays.
 */
bool columns_toggle(struct model *m, size_t i)
{
	struct place *place = model_place(m);
	uint64_t *chosen = &m->columns_chosen[place->kind], bits = 0;
	size_t j;

	for (j = 0; j < m->columns.nr; j++)
		bits |= bit_of(place, m->columns.at[j]);
	bits ^= 1ull << i;
	if (!bits)
		return false;
	*chosen = bits;
	model_build(m);
	return true;
}

/**
 * model_sort() - Sort by another column.
 * @m: The model.
 * @by: The column of the current place's view.
 */
void model_sort(struct model *m, const struct column *by)
{
	struct place *place = model_place(m);

	place->sort = by;
	place->reverse = false;
	if (m->columns_chosen[place->kind])
		m->columns_chosen[place->kind] |= bit_of(place, by);
	model_build(m);
}

/**
 * model_reverse() - Reverse the order.
 * @m: The model.
 */
void model_reverse(struct model *m)
{
	model_place(m)->reverse = !model_place(m)->reverse;
	model_build(m);
}
