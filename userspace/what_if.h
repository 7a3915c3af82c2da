/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_WHAT_IF_H
#define LIBSHARE_WHAT_IF_H

#include <stdio.h>

#include "filter.h"

/* What a change would win back of one library. */
struct libshare_what_if {
	const char *change;	/* of libshare_what_if_changes */
	uint64_t lib;
	uint64_t wins, now;	/* bytes */
	uint64_t procs;
	const char *path;
};

extern const char *const libshare_what_if_changes[];
extern const struct libshare_view libshare_what_if_view;

bool libshare_what_if_is_change(const char *name);
struct libshare_rows libshare_what_if_find(const struct libshare_snapshot *snap);
void libshare_what_if_keep(struct libshare_list *list, const char *change);
void libshare_what_if_sum(const struct libshare_list *list, FILE *out);

#endif
