/* SPDX-License-Identifier: GPL-2.0-only */
/* Control groups, over all libraries: what --by cgroup shows. */
#ifndef GROUPS_H
#define GROUPS_H

#include "views/filter.h"

/* What all libraries together are to a control group; or, in the last row, to all. */
struct group_sum {
	uint64_t procs, libs;
	uint64_t rss, mapped, charged, lent, borrowed, idle, private, cow, cow_unique, swap, pss;
	const char *cgroup;
};

/* What the last row has in the place of a control group. */
#define GROUPS_TOTAL "total"

extern const struct view groups_view;

struct rows groups_find(const struct snapshot *snap, const struct filter *filter);
struct rows groups_libraries(const struct snapshot *snap, const char *cgroup);
void groups_total_last(struct list *list, const struct rows *rows);

#endif
