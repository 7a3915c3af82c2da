/* SPDX-License-Identifier: GPL-2.0-only */
/* What changed between two snapshots. */
#ifndef DIFF_H
#define DIFF_H

#include "options.h"

/* A row before and after; one of them may be NULL. */
struct change {
	const void *before, *after;
};

int same_compare(const void *a, const void *b, void *data);
const void *diff_find(const struct list *sorted,
		      const struct view *view, const void *row);
struct list diff_sort(const struct view *view, const struct list *list);
bool diff_is_changed(const struct columns *columns, const void *before,
		     const void *after, uint64_t min);
int diff_run(const struct options *options);

#endif
