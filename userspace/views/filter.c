// SPDX-License-Identifier: GPL-2.0-only
/* Which rows to show, and in what order. */
#include <fnmatch.h>
#include <inttypes.h>
#include <string.h>

#include "data/alloc.h"
#include "data/cgroup.h"
#include "data/names.h"
#include "data/order.h"
#include "views/filter.h"
#include "views/groups.h"

/* A row of cgroups says itself which group it is about. */
static bool asks_processes(const struct filter *filter, const struct view *view)
{
	return filter->pids || filter->uid ||
	       (filter->cgroup && view != &tables[CGROUPS]);
}

/**
 * filter_needs() - Tables that a filter looks at.
 * @filter: The filter.
 * @view: What it filters.
 *
 * Return: HAS() of them.
 */
unsigned int filter_needs(const struct filter *filter, const struct view *view)
{
	unsigned int needs = 0;

	if (asks_processes(filter, view) && view != &tables[PROCESSES])
		needs |= HAS(MAPPINGS) | HAS(PROCESSES);
	if (filter->library.text)
		needs |= HAS(LIBRARIES);
	if (filter->library.text && view == &tables[PROCESSES])
		needs |= HAS(MAPPINGS);
	return needs;
}

/**
 * filter_names() - Names that a filter looks at.
 * @filter: The filter.
 *
 * Return: As names_add() has it.
 */
unsigned int filter_names(const struct filter *filter)
{
	return filter->container ? NAMES_OF(NAME_CONTAINER) : 0;
}

/**
 * glob_match() - Whether a text is what a user looks for.
 * @glob: A glob; without *, ? and [ any part of the text.
 * @text: The text.
 *
 * Return: Whether it is, upper and lower case being the same.
 */
bool glob_match(const char *glob, const char *text)
{
	const char *slash = strrchr(text, '/');

	if (!strpbrk(glob, "*?["))
		return strcasestr(text, glob);
	return !fnmatch(glob, text, FNM_CASEFOLD) ||
	       (slash && !fnmatch(glob, slash + 1, FNM_CASEFOLD));
}

static bool is_wanted_cgroup(const struct snapshot *snap, const struct filter *filter,
			     const char *cgroup)
{
	return cgroup_is_within(cgroup, filter->cgroup) ||
	       (filter->container && label_is_container(snap, cgroup, filter->container));
}

static bool is_wanted_process(const struct snapshot *snap, const struct filter *filter,
			      const struct process *proc)
{
	return (!filter->pids || bsearch(&proc->pid, filter->pid, filter->pids,
					 sizeof(*filter->pid), order_numbers)) &&
	       (!filter->uid || proc->uid == *filter->uid) &&
	       (!filter->cgroup || is_wanted_cgroup(snap, filter, proc->cgroup));
}

/* A set of numbers, sorted. */
struct set {
	uint64_t *at;
	size_t nr;
};

static void set_add(struct set *set, uint64_t number)
{
	/* Room doubles at each power of two. */
	if (!(set->nr & (set->nr - 1)))
		set->at = xrealloc(set->at, set->nr ? 2 * set->nr : 1, sizeof(*set->at));
	set->at[set->nr++] = number;
}

static void set_sort(struct set *set)
{
	if (set->nr)
		qsort(set->at, set->nr, sizeof(*set->at), order_numbers);
}

static bool set_has(const struct set *set, uint64_t number)
{
	return set->nr && bsearch(&number, set->at, set->nr, sizeof(number), order_numbers);
}

/* What the rows of a snapshot are tested by. */
struct tester {
	const struct snapshot *snap;
	const struct filter *filter;
	struct set pids;	/* of processes that are wanted */
	struct set libs;	/* that these map */
	const struct library *library; /* the wanted one */
	struct set users;	/* pids of processes that map it */
	const struct column *path, *pid, *lib, *comm, *cgroup;
	const struct column *group; /* name of one that --by makes */
};

static const struct column *column(const struct view *view, const char *name)
{
	return column_find(view, name, strlen(name));
}

static void prepare(struct tester *t, const struct view *view)
{
	const struct snapshot *snap = t->snap;
	const struct process *proc;
	const struct mapping *map;
	char why[8];
	enum by by;

	t->path = column(view, "path");
	t->pid = column(view, "pid");
	t->lib = column(view, "lib");
	t->comm = column(view, "comm");
	t->cgroup = column(view, "cgroup");
	for (by = 0; by < BYS && !t->group; by++)
		t->group = column(view, bys[by]);
	if (filter_asks_processes(t->filter)) {
		for_each(proc, snap, PROCESSES)
			if (is_wanted_process(snap, t->filter, proc))
				set_add(&t->pids, proc->pid);
		set_sort(&t->pids);
		for_each(map, snap, MAPPINGS)
			if (set_has(&t->pids, map->pid))
				set_add(&t->libs, map->lib);
		set_sort(&t->libs);
	}
	if (t->filter->library.text)
		t->library = wanted_find(&t->filter->library, snap, why, sizeof(why));
	if (t->library && !t->lib) {
		for_each(map, snap, MAPPINGS)
			if (map->lib == t->library->lib)
				set_add(&t->users, map->pid);
		set_sort(&t->users);
	}
}

static bool is_of_library(const struct tester *t, const void *row)
{
	if (!t->library)
		return false;
	if (t->lib)
		return column_number(t->lib, row) == t->library->lib;
	if (t->path)
		return !strcmp(column_text(t->path, row), t->library->path);
	/* Sums over libraries were made of those that are wanted. */
	return !t->pid || set_has(&t->users, column_number(t->pid, row));
}

static bool is_wanted(const struct tester *t, const void *row)
{
	const struct filter *filter = t->filter;
	const struct column *name = t->path ?: t->comm ?: t->cgroup ?: t->group;

	if (filter->glob && name && !glob_match(filter->glob, column_text(name, row)))
		return false;
	if (filter->library.text && !is_of_library(t, row))
		return false;
	if (filter->cgroup && t->cgroup &&
	    !is_wanted_cgroup(t->snap, filter, column_text(t->cgroup, row)))
		return false;
	if (filter_asks_processes(filter) && t->pid)
		return set_has(&t->pids, column_number(t->pid, row));
	if (!filter->pids && !filter->uid && t->cgroup)
		return true;
	if (filter_asks_processes(filter) && t->lib)
		return set_has(&t->libs, column_number(t->lib, row));
	return true;
}

/**
 * list_make() - List the rows that a filter lets through.
 * @snap: The snapshot, with what filter_needs().
 * @view: What the rows are.
 * @rows: The rows.
 * @filter: The filter.
 *
 * Return: The list, whose @row is for free(); its rows stay where they are.
 */
struct list list_make(const struct snapshot *snap,
		      const struct view *view,
		      const struct rows *rows,
		      const struct filter *filter)
{
	struct list list = { xcalloc(rows->nr, sizeof(*list.row)), 0 };
	struct tester t = { .snap = snap, .filter = filter };
	size_t i;

	prepare(&t, view);
	for (i = 0; i < rows->nr; i++) {
		const void *row = rows->at + i * view->row_size;

		if (is_wanted(&t, row))
			list.row[list.nr++] = row;
	}
	free(t.pids.at);
	free(t.libs.at);
	free(t.users.at);
	return list;
}

static bool any_process(const struct snapshot *snap, const struct filter *filter)
{
	const struct process *proc;

	for_each(proc, snap, PROCESSES)
		if (is_wanted_process(snap, filter, proc))
			return true;
	return false;
}

static bool any_library(const struct snapshot *snap, const char *glob)
{
	const struct library *lib;

	for_each(lib, snap, LIBRARIES)
		if (glob_match(glob, lib->path))
			return true;
	return false;
}

/**
 * filter_problem() - Why a filter leaves no row.
 * @snap: The snapshot.
 * @view: What the rows are.
 * @filter: The filter.
 * @list: What list_make() made of it.
 * @why: Set to a line for the user, if there is something to say.
 * @size: Bytes of @why.
 *
 * Return: 0 if it leaves some, or all of what it names exists and has no such rows;
 *         1 if it matches nothing; 2 if it is not clear what it means.
 */
int filter_problem(const struct snapshot *snap,
		   const struct view *view, const struct filter *filter,
		   const struct list *list, char *why, size_t size)
{
	const struct filter of_pid = { .pid = filter->pid, .pids = filter->pids };
	const struct filter of_user = { .uid = filter->uid };
	const struct view *of;
	enum by by;
	const struct filter of_cgroup = filter_of_cgroups(filter);
	/* Their rows are what is special about a library. */
	bool special = !groups_have(view, &by, &of) &&
		       (!view->needs || view->needs & (view->needs - 1));

	if (list->nr)
		return 0;
	if (filter->library.text && !wanted_find(&filter->library, snap, why, size)) {
		if (*why)
			return 2;
		snprintf(why, size, "no process maps a library '%s' (see --view libraries)",
			 filter->library.text);
		return 1;
	}
	if (filter->pids && !any_process(snap, &of_pid)) {
		snprintf(why, size, "no process %" PRIu64 "%s maps a library (see --view processes)",
			 *filter->pid, filter->pids > 1 ? ", nor any other of --pid," : "");
		return 1;
	}
	if (filter->uid && !any_process(snap, &of_user)) {
		snprintf(why, size, "no process of user %" PRIu64 " maps a library (see --view processes)",
			 *filter->uid);
		return 1;
	}
	if (filter->cgroup && !any_process(snap, &of_cgroup)) {
		snprintf(why, size, "no process of a control group%s '%s' maps a library (see --view processes -o +cgroup%s)",
			 filter->container ? " or container" : "", filter_cgroup_text(filter),
			 filter->container ? ", or --by container" : "");
		return 1;
	}
	if (special && (!filter->glob || any_library(snap, filter->glob)))
		return 0;
	if (filter->glob)
		snprintf(why, size, "nothing matches --filter '%s'", filter->glob);
	else if (filter->library.text || filter_asks_processes(filter))
		snprintf(why, size, "no %s match all of --library, --pid, --user and --cgroup",
			 view->name);
	else
		return 0;
	return 1;
}

struct order {
	const struct column *by;
	bool down;
};

static int compare_rows(const void *a, const void *b, void *data)
{
	const void *const *x = a, *const *y = b;
	const struct order *order = data;
	int way = column_compare(order->by, *x, *y);

	if (!way)
		way = (const char *)*x > (const char *)*y ? 1 : -1;
	else if (order->down)
		way = -way;
	return way;
}

/**
 * list_sort() - Sort a list.
 * @list: The list.
 * @by: The column to sort by: amounts are sorted largest first, all else
 *      smallest first. NULL: the list stays as it is.
 * @reverse: The other way round.
 */
void list_sort(struct list *list, const struct column *by, bool reverse)
{
	struct order order = { by, by && by->type >= COUNT };

	order.down ^= reverse;
	if (by && list->nr)
		qsort_r(list->row, list->nr, sizeof(*list->row), compare_rows, &order);
}
