/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TOTALS_H
#define TOTALS_H

#include "data/snapshot.h"

/* All libraries together, in bytes; or UNKNOWN. */
struct totals {
	uint64_t libraries;	/* how many */
	uint64_t saved;		/* rss - mapped, as the column */
	uint64_t fork_saved;	/* cow - cow_unique */
	uint64_t resident;	/* mapped + cow_unique; unshared, it would be rss + cow */
	uint64_t cow, cow_unique;
	uint64_t unmapped;	/* cached, but not mapped */
	uint64_t swap;
	uint64_t duplicated;
};

/* A sum: its name in JSON and metrics, what it is on a screen, and what it means. */
struct total {
	const char *name;
	const char *label;	/* NULL: not shown */
	const char *help;
	size_t offset;
};

extern const struct total totals_names[];

static inline uint64_t totals_at(const struct totals *totals, size_t i)
{
	return *(const uint64_t *)((const char *)totals + totals_names[i].offset);
}

void totals_add(struct totals *totals, const struct snapshot *snap);

#endif
