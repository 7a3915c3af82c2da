/* SPDX-License-Identifier: GPL-2.0-only */
/* Which rows to show. */
#ifndef LIBSHARE_FILTER_H
#define LIBSHARE_FILTER_H

#include <stdbool.h>
#include <stdint.h>

#include "columns.h"
#include "wanted.h"

#define LIBSHARE_GLOB 128	/* bytes of one that is typed */

struct libshare_filter {
	const char *glob;	/* of paths; of names of processes */
	struct libshare_wanted library;
	const char *cgroup;	/* and those below it */
	uint64_t pid;		/* or LIBSHARE_UNKNOWN */
};

/* Rows of a view, chosen and in order. */
struct libshare_list {
	const void **row;
	size_t nr;
};

unsigned int libshare_filter_needs(const struct libshare_filter *filter,
				   const struct libshare_view *view);
bool libshare_glob_match(const char *glob, const char *text);
struct libshare_list libshare_list_make(const struct libshare_snapshot *snap,
					const struct libshare_view *view,
					const struct libshare_rows *rows,
					const struct libshare_filter *filter);
int libshare_filter_problem(const struct libshare_snapshot *snap,
			    const struct libshare_view *view, const struct libshare_filter *filter,
			    const struct libshare_list *list, char *why, size_t size);
void libshare_list_sort(struct libshare_list *list, const struct libshare_column *by,
			bool reverse);

#endif
