// SPDX-License-Identifier: GPL-2.0-only
/*
 * What each library is to each group of processes. The table cgroups says it of control
 * groups. For other groups it follows from mappings, as far as it does: how many distinct
 * pages several processes map is known if all processes of the library are in the group,
 * if only one is, or if none of the pages is shared.
 */
#include "data/alloc.h"
#include "data/order.h"
#include "views/parts.h"

static int by_label(const void *a, const void *b)
{
	const struct part *x = a, *y = b;
	int way = strcmp(x->label.id, y->label.id);

	return way ? way : order(x->lib, y->lib);
}

/* The only processes that use the library: what is known of all is known of them. */
static void take_whole(struct part *part, const struct library *lib)
{
	if (!lib || !part->procs || part->procs != lib->procs)
		return;
	part->mapped = lib->mapped;
	part->cow_unique = lib->cow_unique;
	part->private = plus(part->mapped, part->cow_unique);
	if (part->charged == UNKNOWN || part->mapped + part->idle < part->charged)
		return;
	part->lent = 0;
	part->borrowed = part->mapped + part->idle - part->charged;
}

/* Pages that both use may be the same. */
static void join(struct part *to, const struct part *from)
{
	bool both = to->uses && from->uses;

	to->procs = plus(to->procs, from->procs);
	to->rss = plus(to->rss, from->rss);
	to->charged = plus(to->charged, from->charged);
	to->idle = plus(to->idle, from->idle);
	to->cow = plus(to->cow, from->cow);
	to->swap = plus(to->swap, from->swap);
	to->pss = plus(to->pss, from->pss);
	to->mapped = both ? UNKNOWN : plus(to->mapped, from->mapped);
	to->lent = both ? UNKNOWN : plus(to->lent, from->lent);
	to->borrowed = both ? UNKNOWN : plus(to->borrowed, from->borrowed);
	to->private = both ? UNKNOWN : plus(to->private, from->private);
	to->cow_unique = both && to->cow && from->cow ? UNKNOWN :
			 plus(to->cow_unique, from->cow_unique);
	to->uses |= from->uses;
}

static int by_cgroup(const void *a, const void *b)
{
	const struct group *const *x = a, *const *y = b;

	return strcmp((*x)->cgroup, (*y)->cgroup);
}

/* Rows of the table cgroups, which have all that there is to know. */
static struct part *of_table(struct snapshot *snap, enum by by, const struct filter *filter,
			     size_t *nr)
{
	struct list list = list_make(snap, &tables[CGROUPS], &snap->table[CGROUPS], filter);
	struct part *part = xcalloc(list.nr, sizeof(*part));
	struct label label = { 0 };
	size_t i, kept = 0;

	if (list.nr)
		qsort(list.row, list.nr, sizeof(*list.row), by_cgroup);
	for (i = 0; i < list.nr; i++) {
		const struct group *row = list.row[i];

		if (!i || by_cgroup(&list.row[i - 1], &list.row[i]))
			label = label_path(snap, by, row->cgroup);
		part[i] = (struct part){
			.label = label, .lib = row->lib, .procs = row->procs, .rss = row->rss,
			.mapped = row->mapped, .charged = row->charged, .lent = row->lent,
			.borrowed = row->borrowed, .idle = row->idle, .private = row->private,
			.cow = row->cow, .cow_unique = row->cow_unique, .swap = row->swap,
			.pss = row->pss,
			.uses = row->mapped || row->cow || row->charged != row->idle,
		};
	}
	if (list.nr)
		qsort(part, list.nr, sizeof(*part), by_label);
	for (i = 1; i < list.nr; i++) {
		if (by_label(&part[kept], &part[i]))
			part[++kept] = part[i];
		else
			join(&part[kept], &part[i]);
	}
	*nr = list.nr ? kept + 1 : 0;
	free(list.row);
	/* A control group's own row needs no help. */
	for (i = 0; i < *nr && by != BY_CGROUP; i++)
		take_whole(&part[i], snapshot_library(snap, part[i].lib));
	return part;
}

/* A mapping, and the group of its process. */
struct use_of {
	const struct mapping *map;
	const struct label *label;
};

static int by_use(const void *a, const void *b)
{
	const struct use_of *x = a, *y = b;
	int way = strcmp(x->label->id, y->label->id);

	if (way)
		return way;
	return order(x->map->lib, y->map->lib) ?:
	       order(x->map->pid, y->map->pid) ?:
	       order(x->map->offset, y->map->offset);
}

/* The part of a group: @nr mappings of one library, process by process. */
static struct part add_up(const struct snapshot *snap, const struct use_of *use, size_t nr)
{
	struct part part = {
		.label = *use->label, .lib = use->map->lib, .mapped = UNKNOWN,
		.charged = UNKNOWN, .lent = UNKNOWN, .borrowed = UNKNOWN, .idle = UNKNOWN,
		.private = UNKNOWN, .cow_unique = UNKNOWN, .uses = true,
	};
	uint64_t shared = 0, cow_shared = 0, end = 0;
	size_t i;

	for (i = 0; i < nr; i++) {
		const struct mapping *map = use[i].map;

		if (!i || map->pid != use[i - 1].map->pid) {
			part.procs++;
			end = 0;
		}
		part.rss = plus(part.rss, map->rss);
		part.cow = plus(part.cow, map->cow);
		part.swap = plus(part.swap, map->swap);
		part.pss = plus(part.pss, map->pss);
		shared = plus(shared, map->shared);
		cow_shared = plus(cow_shared, map->cow_shared);
		if (!map->rss)
			continue;
		/* What a process maps twice, it has once. */
		if (map->offset < end)
			part.rss = UNKNOWN;
		if (map->offset + (map->end - map->start) > end)
			end = map->offset + (map->end - map->start);
	}
	if (part.procs == 1 || !shared)
		part.mapped = part.rss;
	if (part.procs == 1 || !cow_shared)
		part.cow_unique = part.cow;
	if ((part.procs == 1 || (!shared && !cow_shared)) && part.rss != UNKNOWN &&
	    shared != UNKNOWN && cow_shared != UNKNOWN)
		part.private = part.rss - shared + part.cow - cow_shared;
	take_whole(&part, snapshot_library(snap, part.lib));
	return part;
}

/* A process, and its group. */
struct member {
	uint64_t pid;
	struct label label;
};

static int by_pid(const void *a, const void *b)
{
	const struct member *x = a, *y = b;

	return order(x->pid, y->pid);
}

static struct part *of_mappings(struct snapshot *snap, enum by by, const struct filter *filter,
				size_t *nr)
{
	struct list list = list_make(snap, &tables[MAPPINGS], &snap->table[MAPPINGS], filter);
	struct member *member = xcalloc(snap->table[PROCESSES].nr, sizeof(*member)), *found;
	struct use_of *use = xcalloc(list.nr, sizeof(*use));
	struct part *part = xcalloc(list.nr, sizeof(*part));
	size_t members = 0, uses = 0, i, end;
	const struct process *proc;

	for_each(proc, snap, PROCESSES)
		member[members++] = (struct member){ proc->pid, label_process(snap, by, proc) };
	if (members)
		qsort(member, members, sizeof(*member), by_pid);
	for (i = 0; i < list.nr; i++) {
		const struct mapping *map = list.row[i];

		found = bsearch(&(struct member){ .pid = map->pid }, member, members,
				sizeof(*member), by_pid);
		if (found)
			use[uses++] = (struct use_of){ map, &found->label };
	}
	if (uses)
		qsort(use, uses, sizeof(*use), by_use);
	for (*nr = 0, i = 0; i < uses; i = end) {
		for (end = i + 1; end < uses; end++)
			if (use[end].map->lib != use[i].map->lib ||
			    strcmp(use[end].label->id, use[i].label->id))
				break;
		part[(*nr)++] = add_up(snap, &use[i], end - i);
	}
	free(list.row);
	free(member);
	free(use);
	return part;
}

/**
 * parts_find() - Find what each library is to each group of processes.
 * @snap: A snapshot with libraries, processes and mappings; what groups are charged for
 *        needs control groups.
 * @by: The kind of group, not of libraries.
 * @filter: Which libraries and processes count; its @glob does not.
 * @nr: Set to how many parts there are.
 *
 * Return: The parts, by the id of their group, for free().
 */
struct part *parts_find(struct snapshot *snap, enum by by, const struct filter *filter,
			size_t *nr)
{
	const struct filter chosen = filter_without_glob(filter);

	if (by_is_path(by) && snap->has & HAS(CGROUPS))
		return of_table(snap, by, &chosen, nr);
	return of_mappings(snap, by, &chosen, nr);
}
