// SPDX-License-Identifier: GPL-2.0-only
/* Which views have groups, of which kinds, and their columns. */
#include "data/alloc.h"
#include "views/groups.h"

#define C(...) COLUMN(group_sum, __VA_ARGS__)
#define NAME(by, help) \
	{ by, TEXT, offsetof(struct group_sum, label.name), PATH, \
	  help "; the last row is the total" }
#define LABEL(field, flags, help) \
	{ #field, TEXT, offsetof(struct group_sum, label.field), flags, help }

static const struct column charges[] = {
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
	NAME("cgroup", "control group (v2)"),
	{ 0 }
};

/* The first has what its processes take, and then who pays. */
static const struct column paths[] = {
	C(pss, BYTES, SHOWN, "proportional share of library pages and copies"),
	C(private, BYTES, SHOWN, "library pages and copies that only the group has"),
	C(mapped, BYTES, SHOWN, "library pages that its processes map"),
	C(borrowed, BYTES, SHOWN, "of those, pages that the group does not pay for"),
	C(charged, BYTES, SHOWN, "library pages in the page cache that the group pays for"),
	C(lent, BYTES, 0, "of those, pages that only other groups map"),
	C(idle, BYTES, 0, "of those, pages that no process maps"),
	C(procs, COUNT, SHOWN, "its processes that map a library"),
	C(libs, COUNT, 0, "libraries that it maps or pays for"),
	C(rss, BYTES, 0, "mapped library pages, summed over its processes"),
	C(cow, BYTES, SHOWN, "private copies (copy-on-write), summed over its processes"),
	C(cow_unique, BYTES, 0, "distinct private copies"),
	C(swap, BYTES, 0, "copies that are swapped out, summed over its processes"),
	{ 0 }
};

static const struct column processes_of[] = {
	C(pss, BYTES, SHOWN, "proportional share of library pages and copies"),
	C(private, BYTES, SHOWN, "library pages and copies that only the group has"),
	C(mapped, BYTES, SHOWN, "library pages that its processes map"),
	C(rss, BYTES, SHOWN, "the same, summed over its processes"),
	C(cow, BYTES, SHOWN, "private copies (copy-on-write), summed over its processes"),
	C(cow_unique, BYTES, SHOWN, "distinct private copies"),
	C(procs, COUNT, SHOWN, "its processes that map a library"),
	C(libs, COUNT, 0, "libraries that it maps"),
	C(swap, BYTES, 0, "copies that are swapped out, summed over its processes"),
	{ 0 }
};

static const struct column packages[] = {
	C(saved, BYTES, SHOWN, "what its libraries would cost more if no process shared them"),
	C(mapped, BYTES, SHOWN, "file pages that at least one process maps"),
	C(shared, BYTES, SHOWN, "file pages that at least two processes map"),
	C(cow, BYTES, SHOWN, "private copies (copy-on-write), summed over processes"),
	C(cow_unique, BYTES, SHOWN, "distinct private copies"),
	C(procs, COUNT, SHOWN, "processes that map one of its libraries"),
	C(libs, COUNT, SHOWN, "its libraries"),
	C(maps, COUNT, 0, "mappings (VMAs) in all processes"),
	C(cached, BYTES, 0, "pages in the page cache, mapped or not"),
	C(rss, BYTES, 0, "mapped file pages, summed over processes"),
	C(swap, BYTES, 0, "copies that are swapped out, summed over processes"),
	C(ksm, BYTES, 0, "copies that KSM has merged, summed over processes"),
	C(pagetables, BYTES, 0, "page tables that map its libraries, summed over processes"),
	{ 0 }
};

static const struct column processes[] = {
	C(procs, COUNT, SHOWN, "its processes that map a library"),
	C(pss, BYTES, SHOWN, "proportional share of library pages and copies"),
	C(rss, BYTES, SHOWN, "file pages, summed over its processes"),
	C(private, BYTES, SHOWN, "file pages and copies that one of its processes alone has"),
	C(cow, BYTES, SHOWN, "private copies of library pages (copy-on-write), summed"),
	C(maps, COUNT, 0, "mappings (VMAs) of libraries"),
	C(swap, BYTES, 0, "copies that are swapped out"),
	C(pagetables, BYTES, 0, "page tables that map libraries"),
	{ 0 }
};

static const struct column mappings[] = {
	C(procs, COUNT, SHOWN, "processes with such mappings"),
	C(libs, COUNT, SHOWN, "libraries that are mapped"),
	C(maps, COUNT, SHOWN, "mappings"),
	C(rss, BYTES, SHOWN, "file pages that they map, summed"),
	C(shared, BYTES, SHOWN, "of those, pages that another process maps as well"),
	C(cow, BYTES, SHOWN, "private copies (copy-on-write), summed"),
	C(cow_shared, BYTES, 0, "of those, copies shared with another process"),
	C(swap, BYTES, 0, "copies that are swapped out"),
	C(ksm, BYTES, 0, "of the copies present, those that KSM has merged"),
	C(pss, BYTES, SHOWN, "proportional share of file pages and copies"),
	{ 0 }
};

static const struct column heaps[] = {
	C(procs, COUNT, SHOWN, "its processes"),
	C(distinct, BYTES, SHOWN, "anonymous memory outside of libraries, each page once"),
	C(heap, BYTES, SHOWN, "the same, summed over its processes"),
	C(alone, BYTES, SHOWN, "of that, pages that only one process has"),
	C(shared, BYTES, SHOWN, "of that, pages shared with relatives since a fork"),
	C(saved, BYTES, SHOWN, "what sharing them saves (heap - distinct)"),
	C(swap, BYTES, 0, "beside that, what is swapped out"),
	{ 0 }
};

static const struct column labels[BYS][6] = {
	[BY_CGROUP] = { NAME("cgroup", "control group (v2)"), { 0 } },
	[BY_CONTAINER] = {
		LABEL(engine, 0, "what runs the container"),
		LABEL(id, 0, "its id, or its name"),
		LABEL(namespace, SHOWN, "namespace of its pod"),
		LABEL(pod, SHOWN, "its pod"),
		NAME("container", "its name, or the first digits of its id"),
		{ 0 }
	},
	[BY_SERVICE] = { NAME("service", "unit of systemd"), { 0 } },
	[BY_USER] = { NAME("user", "name of the effective user, or its id"), { 0 } },
	[BY_PROGRAM] = {
		NAME("program", "path of the program, or the name of the process"), { 0 }
	},
	[BY_PACKAGE] = { NAME("package", "package of this machine"), { 0 } },
};

const struct view groups_view = {
	"groups", "each control group, over all libraries", charges, sizeof(struct group_sum),
	HAS(LIBRARIES) | HAS(PROCESSES) | HAS(MAPPINGS) | HAS(CGROUPS), "charged", NULL
};

/* The views that have groups; of tables, these are the first. */
enum { HEAPS_OF = MAPPINGS + 1 };

/* A view whose columns were put together. */
static struct made {
	struct column columns[32];
	char help[80];
	struct view view;
} made[BYS][HEAPS_OF + 1];

static void append(struct made *m, const struct column *columns)
{
	size_t nr = 0;

	while (m->columns[nr].name)
		nr++;
	for (; columns->name; columns++)
		m->columns[nr++] = *columns;
}

static const struct column *amounts(enum by by, const struct view *view)
{
	if (view == &tables[PROCESSES])
		return processes;
	if (view == &tables[MAPPINGS])
		return mappings;
	if (view == &tables[HEAPS])
		return heaps;
	return by == BY_PACKAGE ? packages : by_is_path(by) ? paths : processes_of;
}

/**
 * groups_of() - The view of the groups of another view's rows.
 * @by: The kind of group.
 * @view: The other view.
 *
 * Return: It, or NULL if these rows have no such groups.
 */
const struct view *groups_of(enum by by, const struct view *view)
{
	struct made *m;

	if (view == &tables[CGROUPS])
		view = by_is_path(by) ? &tables[LIBRARIES] : NULL;
	if (view != &tables[LIBRARIES] && view != &tables[PROCESSES] &&
	    view != &tables[MAPPINGS] && view != &tables[HEAPS])
		return NULL;
	if (by == BY_PACKAGE && (view == &tables[PROCESSES] || view == &tables[HEAPS]))
		return NULL;
	if (by == BY_CGROUP && view == &tables[LIBRARIES])
		return &groups_view;
	m = &made[by][view == &tables[HEAPS] ? HEAPS_OF : view - tables];
	if (m->view.name)
		return &m->view;
	append(m, amounts(by, view));
	append(m, labels[by]);
	snprintf(m->help, sizeof(m->help), view == &tables[LIBRARIES] && by != BY_PACKAGE ?
		 "each %s, over all libraries" : "the %2$s of each %1$s", bys[by], view->name);
	m->view = (struct view){
		"groups", m->help, m->columns, sizeof(struct group_sum),
		HAS(LIBRARIES) | HAS(PROCESSES) | HAS(MAPPINGS),
		view == &tables[HEAPS] ? "heap" :
		by == BY_PACKAGE && view == &tables[LIBRARIES] ? "saved" : "pss", NULL
	};
	return &m->view;
}

/**
 * groups_have() - Whether the rows of a view are groups.
 * @view: The view.
 * @by: Set to the kind of group.
 * @of: Set to the view whose rows are put together.
 *
 * Return: Whether they are.
 */
bool groups_have(const struct view *view, enum by *by, const struct view **of)
{
	size_t i, id;

	for (i = 0; i < BYS; i++) {
		for (id = 0; id <= HEAPS_OF; id++) {
			*by = i;
			*of = &tables[id == HEAPS_OF ? HEAPS : id];
			if (view == &made[i][id].view)
				return true;
		}
	}
	*by = BY_CGROUP;
	*of = &tables[LIBRARIES];
	return view == &groups_view;
}

/**
 * groups_help() - Explain the columns of groups, for --help.
 * @help: What explains those of a view.
 * @out: Where to.
 */
void groups_help(void (*help)(FILE *out, const char *option, const struct view *view),
		 FILE *out)
{
	char option[32];
	size_t by;

	for (by = 0; by < BYS; by++) {
		snprintf(option, sizeof(option), "--by %s", bys[by]);
		help(out, option, groups_of(by, &tables[LIBRARIES]));
	}
	help(out, "groups of processes", groups_of(BY_USER, &tables[PROCESSES]));
	help(out, "groups of mappings", groups_of(BY_USER, &tables[MAPPINGS]));
	help(out, "groups of heaps", groups_of(BY_USER, &tables[HEAPS]));
}
