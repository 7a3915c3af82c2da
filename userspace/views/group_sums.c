// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rows of processes and mappings added up by the group of their process or library, and
 * libraries by their package. What they count twice, such as a page that two processes
 * map, is in the sum twice, as it is in the sum of the rows.
 */
#include "data/alloc.h"
#include "data/order.h"
#include "views/group_sums.h"

/* A row to add, and its group. */
struct item {
	const void *row;
	const struct label *label;
	uint64_t pid, lib;	/* or UNKNOWN */
};

/* The group of what has a number: a pid, or that of a library. */
struct member {
	uint64_t number;
	struct label label;
};

static int by_number(const void *a, const void *b)
{
	const struct member *x = a, *y = b;

	return order(x->number, y->number);
}

/* The groups of all processes, or libraries. */
static struct member *find_members(struct snapshot *snap, enum by by, size_t *nr)
{
	enum table_id id = by == BY_PACKAGE ? LIBRARIES : PROCESSES;
	struct member *member = xcalloc(snap->table[id].nr, sizeof(*member));
	const struct process *proc;
	const struct library *lib;

	*nr = 0;
	if (by == BY_PACKAGE)
		for_each(lib, snap, LIBRARIES)
			member[(*nr)++] = (struct member){ lib->lib, label_library(snap, lib) };
	else
		for_each(proc, snap, PROCESSES)
			member[(*nr)++] = (struct member){
				proc->pid, label_process(snap, by, proc)
			};
	if (*nr)
		qsort(member, *nr, sizeof(*member), by_number);
	return member;
}

static const struct label *label_of(const struct member *member, size_t nr, uint64_t number)
{
	static const struct label unknown = { "-", "-", "-", "-", "-" };
	const struct member *found = bsearch(&(struct member){ .number = number }, member, nr,
					     sizeof(*member), by_number);

	return found ? &found->label : &unknown;
}

static void add_process(struct group_sum *sum, const struct process *proc)
{
	sum->procs++;
	sum->maps = plus(sum->maps, proc->maps);
	sum->rss = plus(sum->rss, proc->rss);
	sum->pss = plus(sum->pss, proc->pss);
	sum->private = plus(sum->private, proc->private);
	sum->cow = plus(sum->cow, proc->cow);
	sum->swap = plus(sum->swap, proc->swap);
	sum->pagetables = plus(sum->pagetables, proc->pagetables);
}

static void add_mapping(struct group_sum *sum, const struct mapping *map)
{
	sum->maps++;
	sum->rss = plus(sum->rss, map->rss);
	sum->shared = plus(sum->shared, map->shared);
	sum->cow = plus(sum->cow, map->cow);
	sum->cow_shared = plus(sum->cow_shared, map->cow_shared);
	sum->swap = plus(sum->swap, map->swap);
	sum->ksm = plus(sum->ksm, map->ksm);
	sum->pss = plus(sum->pss, map->pss);
}

static void add_library(struct group_sum *sum, const struct library *lib)
{
	sum->maps = plus(sum->maps, lib->maps);
	sum->saved = plus(sum->saved, lib->saved);
	sum->mapped = plus(sum->mapped, lib->mapped);
	sum->shared = plus(sum->shared, lib->shared);
	sum->cached = plus(sum->cached, lib->cached);
	sum->rss = plus(sum->rss, lib->rss);
	sum->cow = plus(sum->cow, lib->cow);
	sum->cow_unique = plus(sum->cow_unique, lib->cow_unique);
	sum->swap = plus(sum->swap, lib->swap);
	sum->ksm = plus(sum->ksm, lib->ksm);
	sum->pagetables = plus(sum->pagetables, lib->pagetables);
}

static void add(struct group_sum *sum, const struct view *of, const void *row)
{
	if (of == &tables[PROCESSES])
		add_process(sum, row);
	else if (of == &tables[MAPPINGS])
		add_mapping(sum, row);
	else
		add_library(sum, row);
}

static int by_pid(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	int way = strcmp(x->label->id, y->label->id);

	return way ? way : order(x->pid, y->pid);
}

static int by_lib(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	int way = strcmp(x->label->id, y->label->id);

	return way ? way : order(x->lib, y->lib);
}

static int by_pid_alone(const void *a, const void *b)
{
	return order(((const struct item *)a)->pid, ((const struct item *)b)->pid);
}

static int by_lib_alone(const void *a, const void *b)
{
	return order(((const struct item *)a)->lib, ((const struct item *)b)->lib);
}

static struct group_sum *sum_of(const struct rows *rows, const char *id)
{
	struct group_sum *sum = (void *)rows->at;
	size_t low = 0, high = rows->nr;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(sum[middle].label.id, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return &sum[low];
}

/* How many different processes and libraries there are, in each group and in all. */
static void count_distinct(struct item *item, size_t nr, const struct rows *rows,
			   struct group_sum *total)
{
	size_t i;

	qsort(item, nr, sizeof(*item), by_pid);
	for (i = 0; i < nr; i++)
		if (item[i].pid != UNKNOWN && (!i || by_pid(&item[i - 1], &item[i])))
			sum_of(rows, item[i].label->id)->procs++;
	qsort(item, nr, sizeof(*item), by_lib);
	for (i = 0; i < nr; i++)
		if (item[i].lib != UNKNOWN && (!i || by_lib(&item[i - 1], &item[i])))
			sum_of(rows, item[i].label->id)->libs++;
	qsort(item, nr, sizeof(*item), by_pid_alone);
	for (i = 0; i < nr; i++)
		total->procs += item[i].pid != UNKNOWN && (!i || item[i - 1].pid != item[i].pid);
	qsort(item, nr, sizeof(*item), by_lib_alone);
	for (i = 0; i < nr; i++)
		total->libs += item[i].lib != UNKNOWN && (!i || item[i - 1].lib != item[i].lib);
}

/* Mappings and processes tell processes; of libraries, mappings do. */
static struct item *find_items(struct snapshot *snap, enum by by, const struct view *of,
			       const struct filter *filter, const struct member *member,
			       size_t members, struct list *list, size_t *nr)
{
	struct list maps = { 0 };
	struct item *item;
	size_t i;

	*list = list_make(snap, of, &snap->table[of - tables], filter);
	if (of == &tables[LIBRARIES])
		maps = list_make(snap, &tables[MAPPINGS], &snap->table[MAPPINGS], filter);
	item = xcalloc(list->nr + maps.nr, sizeof(*item));
	for (i = 0; i < list->nr + maps.nr; i++) {
		const struct mapping *map = i < list->nr ? list->row[i] : maps.row[i - list->nr];
		uint64_t pid = UNKNOWN, lib = UNKNOWN;

		if (i < list->nr && of == &tables[PROCESSES]) {
			pid = ((const struct process *)list->row[i])->pid;
		} else if (i < list->nr && of == &tables[LIBRARIES]) {
			lib = ((const struct library *)list->row[i])->lib;
		} else {
			pid = map->pid;
			lib = map->lib;
		}
		item[i] = (struct item){
			i < list->nr ? list->row[i] : NULL,
			label_of(member, members, by == BY_PACKAGE ? lib : pid), pid, lib,
		};
	}
	*nr = list->nr + maps.nr;
	free(maps.row);
	return item;
}

/**
 * group_sums_find() - Add up rows by their groups.
 * @snap: A snapshot with libraries, processes and mappings.
 * @by: The kind of group.
 * @of: Rows of libraries (by package), processes or mappings.
 * @filter: Which rows count; its @glob does not.
 *
 * Return: Rows of struct group_sum, the total of them last; @at is for free().
 */
struct rows group_sums_find(struct snapshot *snap, enum by by, const struct view *of,
			    const struct filter *filter)
{
	const struct filter chosen = filter_without_glob(filter);
	size_t members, items, i;
	struct member *member = find_members(snap, by, &members);
	struct list list;
	struct item *item = find_items(snap, by, of, &chosen, member, members, &list, &items);
	struct group_sum *sum = xcalloc(items + 1, sizeof(*sum)), *total;
	struct rows rows = { .at = (char *)sum };

	if (items)
		qsort(item, items, sizeof(*item), by_pid);
	for (i = 0; i < items; i++)
		if (!rows.nr || strcmp(sum[rows.nr - 1].label.id, item[i].label->id))
			sum[rows.nr++].label = *item[i].label;
	total = &sum[rows.nr];
	total->label = (struct label){ GROUPS_TOTAL, GROUPS_TOTAL, "-", "-", "-" };
	for (i = 0; i < items; i++) {
		if (!item[i].row)
			continue;
		add(sum_of(&rows, item[i].label->id), of, item[i].row);
		add(total, of, item[i].row);
	}
	if (of != &tables[PROCESSES] && items)
		count_distinct(item, items, &rows, total);
	rows.nr += !!rows.nr;
	free(list.row);
	free(member);
	free(item);
	return rows;
}
