/* SPDX-License-Identifier: GPL-2.0-only */
/* What changed between two snapshots. */
#ifndef LIBSHARE_DIFF_H
#define LIBSHARE_DIFF_H

#include "options.h"

/* A row before and after; one of them may be NULL. */
struct libshare_change {
	const void *before, *after;
};

int libshare_same_compare(const void *a, const void *b, void *data);
const void *libshare_diff_find(const struct libshare_list *sorted,
			       const struct libshare_view *view, const void *row);
struct libshare_list libshare_diff_sort(const struct libshare_view *view,
					const struct libshare_list *list);
bool libshare_diff_is_changed(const struct libshare_columns *columns, const void *before,
			      const void *after, uint64_t min);
int libshare_diff_run(const struct libshare_options *options);

#endif
