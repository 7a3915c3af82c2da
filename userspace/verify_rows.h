/* SPDX-License-Identifier: GPL-2.0-only */
/* Comparing the module's snapshot with two of /proc, taken before and after it. */
#ifndef LIBSHARE_VERIFY_ROWS_H
#define LIBSHARE_VERIFY_ROWS_H

#include "snapshot.h"

#define LIBSHARE_VERIFY_TABLES LIBSHARE_ABOUT	/* those before it are compared */
#define LIBSHARE_VERIFY_TOLD 3			/* differences of a table that are printed */

struct libshare_verify_count {
	uint64_t compared;	/* rows; in pages, single pages */
	uint64_t changed;	/* of all others, those that differ before and after */
	uint64_t differ;	/* of those compared, those that the module has otherwise */
};

struct libshare_verify_side {
	struct libshare_snapshot *snap;
	const struct libshare_library **by_identity; /* sorted */
	bool *passing;		/* by row of libraries; of the module only */
};

struct libshare_verify {
	struct libshare_verify_side before, module, after;
	struct libshare_verify_count count[LIBSHARE_VERIFY_TABLES];
	char *told[LIBSHARE_VERIFY_TOLD * LIBSHARE_VERIFY_TABLES];
	size_t nr_told;
};

/* The same row in all three snapshots, where they have it. */
struct libshare_triple {
	const void *before, *module, *after;
	bool overlay;		/* /proc has the identity of an overlay */
	bool passing;		/* processes that came or went map the same library */
};

void libshare_verify_order(struct libshare_snapshot *snap);
void *libshare_verify_find(const struct libshare_snapshot *snap, enum libshare_table_id id,
			   const void *key);
bool libshare_verify_on_overlay(const struct libshare_library *lib);
void libshare_verify_index(struct libshare_verify_side *side);
const struct libshare_library *libshare_verify_library(const struct libshare_verify_side *from,
						       const struct libshare_library *lib,
						       const struct libshare_verify_side *to);
bool libshare_verify_lives_on(const struct libshare_verify *v, uint64_t pid);
bool libshare_verify_is_passing(const struct libshare_verify *v,
				const struct libshare_library *module);
void libshare_verify_mark(struct libshare_verify *v, const struct libshare_verify_side *side);
bool libshare_verify_maps_passing(const struct libshare_verify *v, uint64_t pid);
void libshare_verify_row(struct libshare_verify *v, enum libshare_table_id id,
			 const struct libshare_triple *rows, uint64_t nr, const char *name);
void libshare_verify_extra(struct libshare_verify *v, enum libshare_table_id id,
			   const struct libshare_triple *rows, const char *name);
void libshare_verify_compare(struct libshare_verify *v);
uint64_t libshare_verify_differ(const struct libshare_verify *v);
void libshare_verify_forget(struct libshare_verify *v);

#endif
