/* SPDX-License-Identifier: GPL-2.0-only */
/* What a library is to a group of processes. */
#ifndef PARTS_H
#define PARTS_H

#include "views/filter.h"
#include "views/labels.h"

/* A library × a group; amounts that the snapshot does not tell are UNKNOWN. */
struct part {
	struct label label;
	uint64_t lib, procs;
	uint64_t rss, mapped, charged, lent, borrowed, idle, private, cow, cow_unique, swap, pss;
	bool uses;	/* maps something, or is charged for what others map */
};

/* A sum is not known if a part of it is not. */
static inline uint64_t plus(uint64_t a, uint64_t b)
{
	return a == UNKNOWN || b == UNKNOWN ? UNKNOWN : a + b;
}

struct part *parts_find(struct snapshot *snap, enum by by, const struct filter *filter,
			size_t *nr);

#endif
