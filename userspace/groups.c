// SPDX-License-Identifier: GPL-2.0-only
/*
 * Control groups, over all libraries. Pages of different libraries are different
 * pages, so that all columns of a group add up. Over groups they do not: a page that two
 * groups map is one page.
 */
#include <stddef.h>
#include <string.h>

#include "alloc.h"
#include "groups.h"

#define SHOWN LIBSHARE_SHOWN
#define HAS(id) LIBSHARE_HAS(LIBSHARE_##id)

static const struct libshare_column columns[] = {
#define C(...) LIBSHARE_COLUMN(libshare_group_sum, __VA_ARGS__)
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
	C(cgroup, TEXT, LIBSHARE_PATH, "control group (v2); the last row is the total"),
	{ 0 }
#undef C
};

const struct libshare_view libshare_groups_view = {
	"groups", "each control group, over all libraries", columns,
	sizeof(struct libshare_group_sum),
	HAS(LIBRARIES) | HAS(PROCESSES) | HAS(MAPPINGS) | HAS(CGROUPS), "charged", NULL
};

static int by_cgroup(const void *a, const void *b)
{
	const struct libshare_group *const *x = a, *const *y = b;

	return strcmp((*x)->cgroup, (*y)->cgroup);
}

static int by_name(const void *a, const void *b)
{
	const struct libshare_group_sum *x = a, *y = b;

	return strcmp(x->cgroup, y->cgroup);
}

static int by_number(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int by_pid(const void *a, const void *b)
{
	const struct libshare_process *const *x = a, *const *y = b;

	return by_number(&(*x)->pid, &(*y)->pid);
}

static void add(struct libshare_group_sum *sum, const struct libshare_group *row)
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
static size_t libraries_of(const struct libshare_list *list, uint64_t *lib)
{
	size_t i, nr = 0;

	for (i = 0; i < list->nr; i++)
		lib[i] = ((const struct libshare_group *)list->row[i])->lib;
	qsort(lib, list->nr, sizeof(*lib), by_number);
	for (i = 0; i < list->nr; i++)
		if (!nr || lib[nr - 1] != lib[i])
			lib[nr++] = lib[i];
	return nr;
}

/* Count each process that maps one of these libraries in its group. */
static void count_processes(const struct libshare_snapshot *snap, const uint64_t *lib, size_t libs,
			    struct libshare_rows *groups)
{
	const struct libshare_process *proc, **pids, **found;
	size_t nr = 0, all = snap->table[LIBSHARE_PROCESSES].nr;
	bool *counted = xcalloc(all, sizeof(*counted));
	const struct libshare_mapping *map;

	pids = xcalloc(all, sizeof(*pids));
	libshare_for_each(proc, snap, LIBSHARE_PROCESSES)
		pids[nr++] = proc;
	qsort(pids, nr, sizeof(*pids), by_pid);
	libshare_for_each(map, snap, LIBSHARE_MAPPINGS) {
		const struct libshare_process *k = &(struct libshare_process){ .pid = map->pid };
		struct libshare_group_sum *group;

		found = bsearch(&k, pids, nr, sizeof(*pids), by_pid);
		if (!found || counted[found - pids] ||
		    !bsearch(&map->lib, lib, libs, sizeof(*lib), by_number))
			continue;
		counted[found - pids] = true;
		group = bsearch(&(struct libshare_group_sum){ .cgroup = (*found)->cgroup },
				groups->at, groups->nr, sizeof(*group), by_name);
		if (group)
			group->procs++;
	}
	free(pids);
	free(counted);
}

/* All groups together: pages and copies that several have are there once. */
static void add_total(const struct libshare_snapshot *snap, const uint64_t *lib, size_t libs,
		      bool whole, struct libshare_rows *groups)
{
	struct libshare_group_sum *row = (void *)groups->at, *total = row + groups->nr;
	size_t i;

	*total = (struct libshare_group_sum){ .libs = libs, .cgroup = LIBSHARE_GROUPS_TOTAL };
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
		const struct libshare_library *l = libshare_snapshot_library(snap, lib[i]);

		total->mapped += l ? l->mapped : 0;
		total->cow_unique += l ? l->cow_unique : 0;
	}
	if (!whole) {
		total->mapped = LIBSHARE_UNKNOWN;
		total->cow_unique = LIBSHARE_UNKNOWN;
	}
	groups->nr++;
}

/**
 * libshare_groups_find() - Add up what libraries are to each control group.
 * @snap: A snapshot with all that the view needs.
 * @filter: Which libraries and groups count; its @glob is for names of groups, later.
 *
 * Return: Rows of struct libshare_group_sum, the total of them last; @at is for free().
 */
struct libshare_rows libshare_groups_find(const struct libshare_snapshot *snap,
					  const struct libshare_filter *filter)
{
	const struct libshare_view *view = &libshare_tables[LIBSHARE_CGROUPS];
	const struct libshare_filter chosen = {
		.pid = filter->pid, .library = filter->library, .cgroup = filter->cgroup,
	};
	struct libshare_list list = libshare_list_make(snap, view,
						       &snap->table[LIBSHARE_CGROUPS], &chosen);
	struct libshare_group_sum *sum = xcalloc(list.nr + 1, sizeof(*sum));
	uint64_t *lib = xcalloc(list.nr, sizeof(*lib));
	struct libshare_rows groups = { .at = (char *)sum };
	size_t libs = 0, i;

	if (list.nr) {
		qsort(list.row, list.nr, sizeof(*list.row), by_cgroup);
		libs = libraries_of(&list, lib);
	}
	for (i = 0; i < list.nr; i++) {
		const struct libshare_group *row = list.row[i];

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
 * libshare_groups_libraries() - Find what each library is to one control group.
 * @snap: A snapshot with control groups.
 * @cgroup: Path of the group.
 *
 * Return: Rows of struct libshare_group; @at is for free().
 */
struct libshare_rows libshare_groups_libraries(const struct libshare_snapshot *snap,
					       const char *cgroup)
{
	struct libshare_group *found = xcalloc(snap->table[LIBSHARE_CGROUPS].nr, sizeof(*found));
	struct libshare_rows rows = { .at = (char *)found };
	const struct libshare_group *row;

	libshare_for_each(row, snap, LIBSHARE_CGROUPS)
		if (!strcmp(row->cgroup, cgroup))
			found[rows.nr++] = *row;
	return rows;
}

/**
 * libshare_groups_total_last() - Put the total behind all other rows, if there are any.
 * @list: The rows, sorted, with room for all.
 * @rows: What libshare_groups_find() returned.
 */
void libshare_groups_total_last(struct libshare_list *list, const struct libshare_rows *rows)
{
	const void *total = (struct libshare_group_sum *)rows->at + rows->nr - 1;
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
