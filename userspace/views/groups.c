// SPDX-License-Identifier: GPL-2.0-only
/*
 * Control groups, over all libraries. Pages of different libraries are different
 * pages, so that all columns of a group add up. Over groups they do not: a page that two
 * groups map is one page.
 */
#include <stddef.h>
#include <string.h>

#include "data/alloc.h"
#include "views/groups.h"

static const struct column columns[] = {
#define C(...) COLUMN(group_sum, __VA_ARGS__)
	C(charged, BYTES, SHOWN, "library pages in the page cache that the group pays for"),
	C(lent, BYTES, SHOWN, "of those, pages that only other groups map"),
	C(idle, BYTES, SHOWN, "of those, pages that no process maps"),
	C(mapped, BYTES, SHOWN, "library pages that its processes map"),
	C(borrowed, BYTES, SHOWN, "of those, pages that the group does not pay for"),
	C(private, BYTES, SHOWN, "library pages and copies that only the group has"),
	C(procs, COUNT, SHOWN, "its processes that map a library"),
	C(libs, COUNT, 0, "libraries that it maps or pays for"),
	C(rss, BYTES, 0, "mapped library pages, summed over its processes"),
	C(pss, BYTES, 0, "proportional share of library pages and copies"),
	C(cow, BYTES, 0, "private copies (copy-on-write), summed over its processes"),
	C(cow_unique, BYTES, 0, "distinct private copies"),
	C(swap, BYTES, 0, "copies that are swapped out, summed over its processes"),
	C(cgroup, TEXT, PATH, "control group (v2); the last row is the total"),
	{ 0 }
#undef C
};

const struct view groups_view = {
	"groups", "each control group, over all libraries", columns,
	sizeof(struct group_sum),
	HAS(LIBRARIES) | HAS(PROCESSES) | HAS(MAPPINGS) | HAS(CGROUPS), "charged", NULL
};

static int by_cgroup(const void *a, const void *b)
{
	const struct group *const *x = a, *const *y = b;

	return strcmp((*x)->cgroup, (*y)->cgroup);
}

static int by_name(const void *a, const void *b)
{
	const struct group_sum *x = a, *y = b;

	return strcmp(x->cgroup, y->cgroup);
}

static int by_number(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int by_pid(const void *a, const void *b)
{
	const struct process *const *x = a, *const *y = b;

	return by_number(&(*x)->pid, &(*y)->pid);
}

static void add(struct group_sum *sum, const struct group *row)
{
	sum->libs++;
	sum->rss += row->rss;
	sum->mapped += row->mapped;
	sum->charged += row->charged;
	sum->lent += row->lent;
	sum->borrowed += row->borrowed;
	sum->idle += row->idle;
	sum->private += row->private;
	sum->cow += row->cow;
	sum->cow_unique += row->cow_unique;
	sum->swap += row->swap;
	sum->pss += row->pss;
}

/* Sorted, each once. */
static size_t libraries_of(const struct list *list, uint64_t *lib)
{
	size_t i, nr = 0;

	for (i = 0; i < list->nr; i++)
		lib[i] = ((const struct group *)list->row[i])->lib;
	qsort(lib, list->nr, sizeof(*lib), by_number);
	for (i = 0; i < list->nr; i++)
		if (!nr || lib[nr - 1] != lib[i])
			lib[nr++] = lib[i];
	return nr;
}

/* Count each process that maps one of these libraries in its group. */
static void count_processes(const struct snapshot *snap, const uint64_t *lib, size_t libs,
			    struct rows *groups)
{
	const struct process *proc, **pids, **found;
	size_t nr = 0, all = snap->table[PROCESSES].nr;
	bool *counted = xcalloc(all, sizeof(*counted));
	const struct mapping *map;

	pids = xcalloc(all, sizeof(*pids));
	for_each(proc, snap, PROCESSES)
		pids[nr++] = proc;
	qsort(pids, nr, sizeof(*pids), by_pid);
	for_each(map, snap, MAPPINGS) {
		const struct process *k = &(struct process){ .pid = map->pid };
		struct group_sum *group;

		found = bsearch(&k, pids, nr, sizeof(*pids), by_pid);
		if (!found || counted[found - pids] ||
		    !bsearch(&map->lib, lib, libs, sizeof(*lib), by_number))
			continue;
		counted[found - pids] = true;
		group = bsearch(&(struct group_sum){ .cgroup = (*found)->cgroup },
				groups->at, groups->nr, sizeof(*group), by_name);
		if (group)
			group->procs++;
	}
	free(pids);
	free(counted);
}

/* All groups together: pages and copies that several have are there once. */
static void add_total(const struct snapshot *snap, const uint64_t *lib, size_t libs,
		      bool whole, struct rows *groups)
{
	struct group_sum *row = (void *)groups->at, *total = row + groups->nr;
	size_t i;

	*total = (struct group_sum){ .libs = libs, .cgroup = GROUPS_TOTAL };
	for (i = 0; i < groups->nr; i++, row++) {
		total->procs += row->procs;
		total->rss += row->rss;
		total->charged += row->charged;
		total->lent += row->lent;
		total->borrowed += row->borrowed;
		total->idle += row->idle;
		total->private += row->private;
		total->cow += row->cow;
		total->swap += row->swap;
		total->pss += row->pss;
	}
	for (i = 0; i < libs && whole; i++) {
		const struct library *l = snapshot_library(snap, lib[i]);

		total->mapped += l ? l->mapped : 0;
		total->cow_unique += l ? l->cow_unique : 0;
	}
	if (!whole) {
		total->mapped = UNKNOWN;
		total->cow_unique = UNKNOWN;
	}
	groups->nr++;
}

/**
 * groups_find() - Add up what libraries are to each control group.
 * @snap: A snapshot with all that the view needs.
 * @filter: Which libraries and groups count; its @glob is for names of groups, later.
 *
 * Return: Rows of struct group_sum, the total of them last; @at is for free().
 */
struct rows groups_find(const struct snapshot *snap, const struct filter *filter)
{
	const struct view *view = &tables[CGROUPS];
	const struct filter chosen = {
		.pid = filter->pid, .pids = filter->pids, .uid = filter->uid,
		.library = filter->library, .cgroup = filter->cgroup,
	};
	struct list list = list_make(snap, view, &snap->table[CGROUPS], &chosen);
	struct group_sum *sum = xcalloc(list.nr + 1, sizeof(*sum));
	uint64_t *lib = xcalloc(list.nr, sizeof(*lib));
	struct rows groups = { .at = (char *)sum };
	size_t libs = 0, i;

	if (list.nr) {
		qsort(list.row, list.nr, sizeof(*list.row), by_cgroup);
		libs = libraries_of(&list, lib);
	}
	for (i = 0; i < list.nr; i++) {
		const struct group *row = list.row[i];

		if (!groups.nr || strcmp(sum[groups.nr - 1].cgroup, row->cgroup))
			sum[groups.nr++].cgroup = row->cgroup;
		add(&sum[groups.nr - 1], row);
	}
	count_processes(snap, lib, libs, &groups);
	if (groups.nr)
		add_total(snap, lib, libs, !filter->cgroup, &groups);
	free(lib);
	free(list.row);
	return groups;
}

/**
 * groups_libraries() - Find what each library is to one control group.
 * @snap: A snapshot with control groups.
 * @cgroup: Path of the group.
 *
 * Return: Rows of struct group; @at is for free().
 */
struct rows groups_libraries(const struct snapshot *snap, const char *cgroup)
{
	struct group *found = xcalloc(snap->table[CGROUPS].nr, sizeof(*found));
	struct rows rows = { .at = (char *)found };
	const struct group *row;

	for_each(row, snap, CGROUPS)
		if (!strcmp(row->cgroup, cgroup))
			found[rows.nr++] = *row;
	return rows;
}

/**
 * groups_total_last() - Put the total behind all other rows, if there are any.
 * @list: The rows, sorted, with room for all.
 * @rows: What groups_find() returned.
 */
void groups_total_last(struct list *list, const struct rows *rows)
{
	const void *total = (struct group_sum *)rows->at + rows->nr - 1;
	size_t i, kept = 0;

	if (!rows->nr)
		return;
	for (i = 0; i < list->nr; i++)
		if (list->row[i] != total)
			list->row[kept++] = list->row[i];
	list->nr = kept;
	if (kept)
		list->row[list->nr++] = total;
}
