// SPDX-License-Identifier: GPL-2.0-only
/* Rows that are searched for. */
#include "live/live.h"

static bool is_found(const struct model *m, const void *row)
{
	char buf[CELL];
	size_t i;

	for (i = 0; i < m->columns.nr; i++) {
		const struct column *col = m->columns.at[i];

		if ((col->type == TEXT || !strcmp(col->name, "pid")) &&
		    glob_match(m->search, column_format(col, row, false, buf)))
			return true;
	}
	return false;
}

/**
 * model_search() - Select the next row with a text that matches what is searched for.
 * @m: The model.
 * @from: The row to begin with; after the last one comes the first.
 * @back: Upwards.
 *
 * Return: Whether there is one.
 */
bool model_search(struct model *m, size_t from, bool back)
{
	size_t nr = m->list.nr, i;

	for (i = 0; i < nr; i++) {
		size_t at = (from + (back ? nr - i : i)) % nr;

		if (!is_found(m, m->list.row[at]))
			continue;
		if (back ? at > from : at < from)
			model_say(m, back ? "searched on from the end" : "searched on from the top");
		model_select(m, at);
		return true;
	}
	model_say(m, "no row matches '%s'", m->search);
	return false;
}
