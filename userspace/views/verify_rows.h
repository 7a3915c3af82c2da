/* SPDX-License-Identifier: GPL-2.0-only */
/* Comparing the module's snapshot with two of /proc, taken before and after it. */
#ifndef VERIFY_ROWS_H
#define VERIFY_ROWS_H

#include "data/snapshot.h"

#define VERIFY_TABLES CGROUPS	/* those before it are compared */
#define VERIFY_TOLD 3		/* differences of a table that are printed */

struct verify_count {
	uint64_t compared;	/* rows; in pages, single pages */
	uint64_t changed;	/* of all others, those that differ before and after */
	uint64_t differ;	/* of those compared, those that the module has otherwise */
};

struct verify_side {
	struct snapshot *snap;
	const struct library **by_identity; /* sorted */
	bool *passing;		/* by row of libraries; of the module only */
};

/* What differed: a hash of each row's name and column. */
struct verify_keys {
	uint64_t *at;
	size_t nr;
};

struct verify {
	struct verify_keys now, earlier;	/* the latter sorted */
	bool again;		/* only what differed earlier as well counts */
	struct verify_side before, module, after;
	struct verify_count count[VERIFY_TABLES];
	char *told[VERIFY_TOLD * VERIFY_TABLES];
	size_t nr_told;
};

/* The same row in all three snapshots, where they have it. */
struct triple {
	const void *before, *module, *after;
	bool overlay;		/* /proc has the identity of an overlay */
	bool passing;		/* processes that came or went map the same library */
};

void verify_order(struct snapshot *snap);
void *verify_find(const struct snapshot *snap, enum table_id id, const void *key);
bool verify_on_overlay(const struct library *lib);
void verify_index(struct verify_side *side);
const struct library *verify_library(const struct verify_side *from,
				     const struct library *lib,
				     const struct verify_side *to);
bool verify_lives_on(const struct verify *v, uint64_t pid);
bool verify_is_passing(const struct verify *v, const struct library *module);
void verify_mark(struct verify *v, const struct verify_side *side);
bool verify_maps_passing(const struct verify *v, uint64_t pid);
void verify_row(struct verify *v, enum table_id id,
		const struct triple *rows, uint64_t nr, const char *name);
void verify_extra(struct verify *v, enum table_id id,
		  const struct triple *rows, const char *name);
void verify_compare(struct verify *v);
uint64_t verify_differ(const struct verify *v);
void verify_remember(struct verify *v);
void verify_forget(struct verify *v);

#endif
