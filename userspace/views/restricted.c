// SPDX-License-Identifier: GPL-2.0-only
/* Libraries, as far as the processes of a control group use them; see restricted.h. */
#include "data/alloc.h"
#include "data/order.h"
#include "views/parts.h"
#include "views/restricted.h"

static int by_lib(const void *a, const void *b)
{
	const struct part *x = a, *y = b;

	return order(x->lib, y->lib);
}

/**
 * restricted_find() - Count libraries in the processes of some control groups only.
 * @snap: A snapshot with libraries, processes and mappings.
 * @filter: Which groups.
 *
 * Return: A row of struct library for each that such a process maps, or that such a group
 *         pays for; what the snapshot does not tell of groups is UNKNOWN. @at is for free().
 */
struct rows restricted_find(struct snapshot *snap, const struct filter *filter)
{
	size_t parts, i;
	struct part *part = parts_find(snap, BY_NOTHING, filter, &parts);
	struct library *row = xcalloc(parts, sizeof(*row));
	struct rows rows = { .at = (char *)row };

	if (parts)
		qsort(part, parts, sizeof(*part), by_lib);
	for (i = 0; i < parts; i++) {
		const struct library *lib = snapshot_library(snap, part[i].lib);

		if (!lib)
			continue;
		*row = *lib;
		row->procs = part[i].procs;
		row->mapped = part[i].mapped;
		row->rss = part[i].rss;
		row->saved = row->rss == UNKNOWN || row->mapped == UNKNOWN ?
			     UNKNOWN : row->rss - row->mapped;
		row->cow = part[i].cow;
		row->cow_unique = part[i].cow_unique;
		row->swap = part[i].swap;
		row->maps = UNKNOWN;
		row->shared = UNKNOWN;
		row->ksm = UNKNOWN;
		row->mapcount_max = UNKNOWN;
		row->pagetables = UNKNOWN;
		row++;
		rows.nr++;
	}
	free(part);
	return rows;
}

/**
 * restricted_say() - Say whose numbers are shown, for people.
 * @view: The view.
 * @filter: What was asked for.
 * @out: Where to.
 */
void restricted_say(const struct view *view, const struct filter *filter, FILE *out)
{
	const bool some = filter_asks_processes(filter);

	if (view == &tables[LIBRARIES] && filter->cgroup)
		fprintf(out, "of processes in %s only; cached and size are those of the file\n",
			filter_cgroup_text(filter));
	else if (some && (view == &tables[LIBRARIES] || view == &tables[PAGES] ||
			  view == &tables[HISTOGRAM] || !strcmp(view->name, "duplicates")))
		fputs("numbers are those of all processes of this machine\n", out);
}
