/* SPDX-License-Identifier: GPL-2.0-only */
/* What the last ticks showed: totals, and the copies of each library. */
#ifndef HISTORY_H
#define HISTORY_H

#include "data/snapshot.h"
#include "out/curve.h"
#include "views/totals.h"

#define TICKS CURVE

/* What a library had at one tick. */
struct copies {
	uint64_t key;
	uint32_t distinct, fork_saved;	/* pages */
};

struct tick {
	struct totals totals;
	struct copies *copies;		/* sorted by key; only libraries that had some */
	size_t nr;
};

struct history {
	struct tick tick[TICKS];
	size_t nr;
	uint64_t page_size;
};

void history_add(struct history *h, const struct snapshot *snap, const struct totals *totals);
void history_cut(struct history *h, size_t nr);
const struct totals *history_last(const struct history *h);
void history_totals(const struct history *h, size_t field, char text[CURVE_TEXT]);
void history_library(const struct history *h, const struct library *lib,
		     char distinct[CURVE_TEXT], char fork_saved[CURVE_TEXT]);

#endif
