// SPDX-License-Identifier: GPL-2.0-only
/* The sums of what the list shows. */
#include "live/live.h"

/*
 * Findings may be about the same memory, and groups may map the same pages. The first row
 * of an audited library is the sum of the others.
 */
static bool adds_up(const struct model *m)
{
	const struct place *place = &m->place[m->depth];

	return !m->marked.row && m->list.nr && place->kind != PLACE_FINDINGS &&
	       place->kind != PLACE_GROUPS && !(place->kind == PLACE_AUDIT && place->path);
}

static uint64_t sum_of(const struct model *m, const struct column *col)
{
	uint64_t sum = 0, value;
	size_t i;

	for (i = 0; i < m->list.nr; i++) {
		value = column_number(col, m->list.row[i]);
		/* A sum of which a part is not known is not known. */
		if (value == UNKNOWN)
			return UNKNOWN;
		sum += value;
	}
	return sum;
}

/**
 * model_add_up() - Add up the sizes of the rows that are listed.
 * @m: The model, with the list of the current place.
 */
void model_add_up(struct model *m)
{
	const struct column *col = model_place(m)->view->columns;
	size_t i;

	m->sums = adds_up(m);
	for (i = 0; i < COLUMNS_MOST && col[i].name; i++)
		m->sum[i] = m->sums && col[i].type == BYTES ? sum_of(m, &col[i]) : UNKNOWN;
}
