// SPDX-License-Identifier: GPL-2.0-only
/* What a change would win back, library by library: sums of an audit. */
#include "data/alloc.h"
#include "data/text.h"
#include "views/audit.h"
#include "views/duplicates.h"
#include "views/what_if.h"

const char *const what_if_changes[] = { "zygote", "ksm", "one-address", "dedup", NULL };

static const struct column columns[] = {
#define C(...) COLUMN(what_if, __VA_ARGS__)
	C(change, TEXT, SHOWN, "zygote, ksm, one-address or dedup"),
	C(wins, BYTES, SHOWN, "what it would win back"),
	C(now, BYTES, SHOWN, "of this much: distinct copies; of dedup, cached pages"),
	C(procs, COUNT, SHOWN, "processes that it concerns"),
	C(lib, ID, 0, "number of the library"),
	C(path, TEXT, PATH, "path of the library"),
	{ 0 }
#undef C
};

const struct view what_if_view = {
	"what-if", "what a change would win back", columns, sizeof(struct what_if),
	HAS(LIBRARIES) | HAS(PROCESSES) |
	HAS(MAPPINGS) | HAS(PAGES), "wins", NULL
};

/**
 * what_if_is_change() - Whether there is a change of that name.
 * @name: The name.
 *
 * Return: Whether there is.
 */
bool what_if_is_change(const char *name)
{
	const char *const *change;

	for (change = what_if_changes; *change; change++)
		if (!strcmp(*change, name))
			return true;
	return false;
}

static void add_row(struct rows *rows, struct what_if row)
{
	if (!row.wins)
		return;
	if (rows->nr == rows->room) {
		rows->room = rows->room ? 2 * rows->room : 64;
		rows->at = xrealloc(rows->at, rows->room, sizeof(row));
	}
	memcpy(rows->at + rows->nr++ * sizeof(row), &row, sizeof(row));
}

static void add_duplicates(struct rows *rows, const struct snapshot *snap)
{
	struct rows dups = duplicates_find(snap);
	const struct duplicate *dup = (void *)dups.at;
	size_t i;

	for (i = 0; i < dups.nr; i++)
		add_row(rows, (struct what_if){
			.change = "dedup", .lib = dup[i].lib, .wins = dup[i].wasted,
			.now = dup[i].cached, .procs = dup[i].procs, .path = dup[i].path });
	free(dups.at);
}

/**
 * what_if_find() - What each change would win back of each library.
 * @snap: A snapshot with libraries and pages and, for all but dedup, an audit.
 *
 * Return: Rows of struct what_if; @at is for free().
 */
struct rows what_if_find(const struct snapshot *snap)
{
	const struct audit *audit;
	struct rows rows = { 0 };

	for_each(audit, snap, AUDIT) {
		struct what_if row = {
			.lib = audit->lib, .now = audit->copies, .path = audit->path };

		if (strcmp(audit->section, AUDIT_ALL))
			continue;
		row.change = "zygote";
		row.wins = audit->zygote;
		row.procs = audit->zygote_procs;
		add_row(&rows, row);
		row.change = "ksm";
		row.wins = audit->ksm;
		row.procs = audit->equal_procs;
		add_row(&rows, row);
		row.change = "one-address";
		row.wins = audit->one_address;
		row.procs = audit->one_address_procs;
		add_row(&rows, row);
	}
	add_duplicates(&rows, snap);
	return rows;
}

/**
 * what_if_keep() - Leave one change in a list.
 * @list: Rows of struct what_if.
 * @change: The change; NULL: all of them.
 */
void what_if_keep(struct list *list, const char *change)
{
	size_t kept = 0, i;

	for (i = 0; i < list->nr; i++) {
		const struct what_if *row = list->row[i];

		if (!change || !strcmp(row->change, change))
			list->row[kept++] = row;
	}
	list->nr = kept;
}

/**
 * what_if_sum() - Say what each change would win back in all.
 * @list: Rows of struct what_if.
 * @out: Where to.
 */
void what_if_sum(const struct list *list, FILE *out)
{
	const char *const *change;
	char wins[SIZE_TEXT], now[SIZE_TEXT];

	for (change = what_if_changes; *change; change++) {
		uint64_t sum = 0, of = 0;
		size_t i;

		for (i = 0; i < list->nr; i++) {
			const struct what_if *row = list->row[i];

			if (strcmp(row->change, *change))
				continue;
			sum += row->wins;
			of += row->now;
		}
		if (sum)
			fprintf(out, "%s would win back %s of %s\n", *change,
				text_size(sum, wins), text_size(of, now));
	}
}
