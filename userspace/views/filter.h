/* SPDX-License-Identifier: GPL-2.0-only */
/* Which rows to show. */
#ifndef FILTER_H
#define FILTER_H

#include <stdbool.h>
#include <stdint.h>

#include "data/columns.h"
#include "views/wanted.h"

#define GLOB 128	/* bytes of one that is typed */

struct filter {
	const char *glob;	/* of paths; of names of processes */
	struct wanted library;
	const char *cgroup;	/* and those below it */
	const char *container;	/* a name that a control group's container may have instead */
	const uint64_t *pid;	/* of the processes that are wanted, sorted */
	size_t pids;		/* 0: any */
	const uint64_t *uid;	/* effective user of these processes, or NULL */
};

/* Rows of a view, chosen and in order. */
struct list {
	const void **row;
	size_t nr;
};

/* Whether only some processes are wanted. */
static inline bool filter_asks_processes(const struct filter *filter)
{
	return filter->pids || filter->cgroup || filter->uid;
}

/* The same, whatever the names of the rows are. */
static inline struct filter filter_without_glob(const struct filter *filter)
{
	struct filter chosen = *filter;

	chosen.glob = NULL;
	return chosen;
}

/* Which processes, and nothing else. */
static inline struct filter filter_of_processes(const struct filter *filter)
{
	return (struct filter){
		.pid = filter->pid, .pids = filter->pids, .uid = filter->uid,
		.cgroup = filter->cgroup, .container = filter->container,
	};
}

/* Which control groups, and nothing else. */
static inline struct filter filter_of_cgroups(const struct filter *filter)
{
	return (struct filter){ .cgroup = filter->cgroup, .container = filter->container };
}

/* How a user would write the control group. */
static inline const char *filter_cgroup_text(const struct filter *filter)
{
	return filter->container ?: *filter->cgroup ? filter->cgroup : "/";
}

unsigned int filter_names(const struct filter *filter);
unsigned int filter_needs(const struct filter *filter, const struct view *view);
bool glob_match(const char *glob, const char *text);
struct list list_make(const struct snapshot *snap,
		      const struct view *view,
		      const struct rows *rows,
		      const struct filter *filter);
int filter_problem(const struct snapshot *snap,
		   const struct view *view, const struct filter *filter,
		   const struct list *list, char *why, size_t size);
void list_sort(struct list *list, const struct column *by, bool reverse);

#endif
