/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef WHAT_IF_H
#define WHAT_IF_H

#include <stdio.h>

#include "views/filter.h"

/* What a change would win back of one library. */
struct what_if {
	const char *change;	/* of what_if_changes */
	uint64_t lib;
	uint64_t wins, now;	/* bytes */
	uint64_t procs;
	const char *path;
};

extern const char *const what_if_changes[];
extern const struct view what_if_view;

bool what_if_is_change(const char *name);
struct rows what_if_find(const struct snapshot *snap);
void what_if_keep(struct list *list, const char *change);
void what_if_sum(const struct list *list, FILE *out);

#endif
