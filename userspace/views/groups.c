// SPDX-License-Identifier: GPL-2.0-only
/*
 * Groups of processes, over all libraries. Pages of different libraries are different
 * pages, so that all columns of a group add up. Over groups they do not: a page that two
 * groups map is one page.
 */
#include <stddef.h>
#include <string.h>

#include "data/alloc.h"
#include "data/order.h"
#include "data/pids.h"
#include "views/group_sums.h"
#include "views/groups.h"
#include "views/heaps.h"
#include "views/parts.h"

static int by_id(const void *a, const void *b)
{
	const struct group_sum *x = a, *y = b;

	return strcmp(x->label.id, y->label.id);
}

static void add(struct group_sum *sum, const struct part *part)
{
	sum->libs++;
	sum->rss = plus(sum->rss, part->rss);
	sum->mapped = plus(sum->mapped, part->mapped);
	sum->charged = plus(sum->charged, part->charged);
	sum->lent = plus(sum->lent, part->lent);
	sum->borrowed = plus(sum->borrowed, part->borrowed);
	sum->idle = plus(sum->idle, part->idle);
	sum->private = plus(sum->private, part->private);
	sum->cow = plus(sum->cow, part->cow);
	sum->cow_unique = plus(sum->cow_unique, part->cow_unique);
	sum->swap = plus(sum->swap, part->swap);
	sum->pss = plus(sum->pss, part->pss);
}

/* Sorted, each once. */
static size_t libraries_of(const struct part *part, size_t parts, uint64_t *lib)
{
	size_t i, nr = 0;

	for (i = 0; i < parts; i++)
		lib[i] = part[i].lib;
	qsort(lib, parts, sizeof(*lib), order_numbers);
	for (i = 0; i < parts; i++)
		if (!nr || lib[nr - 1] != lib[i])
			lib[nr++] = lib[i];
	return nr;
}

/*
 * Count each process that maps one of these libraries in its group. What it takes of all
 * libraries is known exactly, where mappings may not tell.
 */
static void add_processes(struct snapshot *snap, enum by by, const struct filter *filter,
			  const uint64_t *lib, size_t libs, bool exact, struct rows *groups)
{
	struct pids pids = pids_make(snap);
	bool *counted = xcalloc(pids.nr, sizeof(*counted));
	struct list list = list_make(snap, &tables[MAPPINGS], &snap->table[MAPPINGS], filter);
	struct group_sum *sum = (void *)groups->at;
	size_t i;

	for (i = 0; exact && i < groups->nr; i++) {
		sum[i].rss = 0;
		sum[i].pss = 0;
		sum[i].cow = 0;
		sum[i].swap = 0;
	}
	for (i = 0; i < list.nr; i++) {
		const struct mapping *map = list.row[i];
		struct process **found = pids_find(&pids, map->pid);
		const struct process *proc;
		struct group_sum *group;

		if (!found || counted[found - pids.at] ||
		    !bsearch(&map->lib, lib, libs, sizeof(*lib), order_numbers))
			continue;
		counted[found - pids.at] = true;
		proc = *found;
		group = bsearch(&(struct group_sum){ .label = label_process(snap, by, proc) },
				sum, groups->nr, sizeof(*group), by_id);
		if (!group)
			continue;
		group->procs++;
		if (!exact)
			continue;
		group->rss = plus(group->rss, proc->rss);
		group->pss = plus(group->pss, proc->pss);
		group->cow = plus(group->cow, proc->cow);
		group->swap = plus(group->swap, proc->swap);
	}
	free(list.row);
	free(pids.at);
	free(counted);
}

/* All groups together: pages and copies that several have are there once. */
static void add_total(const struct snapshot *snap, const uint64_t *lib, size_t libs,
		      bool whole, struct rows *groups)
{
	struct group_sum *row = (void *)groups->at, *total = row + groups->nr;
	size_t i;

	*total = (struct group_sum){
		.label = { GROUPS_TOTAL, GROUPS_TOTAL, "-", "-", "-" }, .libs = libs,
	};
	for (i = 0; i < groups->nr; i++, row++) {
		total->procs += row->procs;
		total->rss = plus(total->rss, row->rss);
		total->charged = plus(total->charged, row->charged);
		total->lent = plus(total->lent, row->lent);
		total->borrowed = plus(total->borrowed, row->borrowed);
		total->idle = plus(total->idle, row->idle);
		total->private = plus(total->private, row->private);
		total->cow = plus(total->cow, row->cow);
		total->swap = plus(total->swap, row->swap);
		total->pss = plus(total->pss, row->pss);
	}
	for (i = 0; i < libs && whole; i++) {
		const struct library *l = snapshot_library(snap, lib[i]);

		total->mapped = plus(total->mapped, l ? l->mapped : 0);
		total->cow_unique = plus(total->cow_unique, l ? l->cow_unique : 0);
	}
	if (!whole) {
		total->mapped = UNKNOWN;
		total->cow_unique = UNKNOWN;
	}
	groups->nr++;
}

static struct rows find_of_libraries(struct snapshot *snap, enum by by,
				     const struct filter *filter)
{
	const struct filter chosen = filter_without_glob(filter);
	bool table = by_is_path(by) && snap->has & HAS(CGROUPS);
	bool whole = !filter->cgroup && (table || !filter_asks_processes(filter));
	size_t parts, libs = 0, i;
	struct part *part = parts_find(snap, by, &chosen, &parts);
	struct group_sum *sum = xcalloc(parts + 1, sizeof(*sum));
	uint64_t *lib = xcalloc(parts, sizeof(*lib));
	struct rows groups = { .at = (char *)sum };
	/* A row of the table cgroups stands for all processes of its group. */
	struct filter members = chosen;

	if (parts)
		libs = libraries_of(part, parts, lib);
	for (i = 0; i < parts; i++) {
		if (!groups.nr || strcmp(sum[groups.nr - 1].label.id, part[i].label.id))
			sum[groups.nr++].label = part[i].label;
		add(&sum[groups.nr - 1], &part[i]);
	}
	if (table)
		members = (struct filter) { .library = chosen.library, .cgroup = chosen.cgroup };
	if (groups.nr) {
		add_processes(snap, by, &members, lib, libs, !table && !filter->library.text,
			      &groups);
		add_total(snap, lib, libs, whole, &groups);
	}
	free(lib);
	free(part);
	return groups;
}

/**
 * groups_find() - Put the rows of a view together.
 * @snap: A snapshot with all that the view needs, and names.
 * @view: The groups: what groups_of() returned, or groups_view.
 * @filter: Which rows count; its @glob is for names of groups, later.
 *
 * Return: Rows of struct group_sum, the total of them last; @at is for free().
 */
struct rows groups_find(struct snapshot *snap, const struct view *view,
			const struct filter *filter)
{
	const struct view *of;
	enum by by;

	groups_have(view, &by, &of);
	if (of == &tables[HEAPS])
		return heaps_find(snap, by, filter);
	if (of == &tables[LIBRARIES] && by != BY_PACKAGE)
		return find_of_libraries(snap, by, filter);
	return group_sums_find(snap, by, of, filter);
}

/**
 * groups_total_last() - Put the total behind all other rows, if there are any.
 * @list: The rows, sorted, with room for all.
 * @rows: What groups_find() returned.
 */
void groups_total_last(struct list *list, const struct rows *rows)
{
	const void *total;
	size_t i, kept = 0;

	if (!rows->nr)
		return;
	total = (struct group_sum *)rows->at + rows->nr - 1;
	for (i = 0; i < list->nr; i++)
		if (list->row[i] != total)
			list->row[kept++] = list->row[i];
	list->nr = kept;
	if (kept)
		list->row[list->nr++] = total;
}
