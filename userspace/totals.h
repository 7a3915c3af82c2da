/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_TOTALS_H
#define LIBSHARE_TOTALS_H

#include "snapshot.h"

/* All libraries together, in bytes. */
struct libshare_totals {
	uint64_t libraries;	/* how many */
	uint64_t saved;		/* rss - mapped, as the column */
	uint64_t fork_saved;	/* cow - cow_unique */
	uint64_t resident;	/* mapped + cow_unique; unshared, it would be rss + cow */
	uint64_t cow, cow_unique;
	uint64_t unmapped;	/* cached, but not mapped */
	uint64_t swap;
	uint64_t duplicated;	/* or LIBSHARE_UNKNOWN */
};

/* A sum: its name in JSON and metrics, what it is on a screen, and what it means. */
struct libshare_total {
	const char *name;
	const char *label;	/* NULL: not shown */
	const char *help;
	size_t offset;
};

extern const struct libshare_total libshare_totals_names[];

static inline uint64_t libshare_totals_at(const struct libshare_totals *totals, size_t i)
{
	return *(const uint64_t *)((const char *)totals + libshare_totals_names[i].offset);
}

void libshare_totals_add(struct libshare_totals *totals, const struct libshare_snapshot *snap);

#endif
