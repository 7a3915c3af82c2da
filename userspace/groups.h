/* SPDX-License-Identifier: GPL-2.0-only */
/* Control groups, over all libraries: what --by cgroup shows. */
#ifndef LIBSHARE_GROUPS_H
#define LIBSHARE_GROUPS_H

#include "filter.h"

/* What all libraries together are to a control group; or, in the last row, to all. */
struct libshare_group_sum {
	uint64_t procs, libs;
	uint64_t rss, mapped, charged, lent, borrowed, idle, private, cow, cow_unique, swap, pss;
	const char *cgroup;
};

/* What the last row has in the place of a control group. */
#define LIBSHARE_GROUPS_TOTAL "total"

extern const struct libshare_view libshare_groups_view;

struct libshare_rows libshare_groups_find(const struct libshare_snapshot *snap,
					  const struct libshare_filter *filter);
struct libshare_rows libshare_groups_libraries(const struct libshare_snapshot *snap,
					       const char *cgroup);
void libshare_groups_total_last(struct libshare_list *list, const struct libshare_rows *rows);

#endif
