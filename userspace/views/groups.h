/* SPDX-License-Identifier: GPL-2.0-only */
/* Groups of processes, or of libraries: what --by shows. */
#ifndef GROUPS_H
#define GROUPS_H

#include "views/filter.h"
#include "views/labels.h"

/* What is put together in a group; or, in the last row, all of it. */
struct group_sum {
	struct label label;
	uint64_t procs, libs, maps;
	uint64_t rss, pss, mapped, shared, charged, lent, borrowed, idle, private, cow, cow_unique;
	uint64_t cow_shared, swap, ksm, pagetables, saved, cached;
	uint64_t heap, alone, distinct;
};

/* What the last row has in the place of a name. */
#define GROUPS_TOTAL "total"

extern const struct view groups_view;	/* control groups, over all libraries */

const struct view *groups_of(enum by by, const struct view *view);
bool groups_have(const struct view *view, enum by *by, const struct view **of);
void groups_help(void (*help)(FILE *out, const char *option, const struct view *view),
		 FILE *out);
struct rows groups_find(struct snapshot *snap, const struct view *view,
			const struct filter *filter);
void groups_total_last(struct list *list, const struct rows *rows);

#endif
