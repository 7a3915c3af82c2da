/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef DUPLICATES_H
#define DUPLICATES_H

#include <stdio.h>

#include "views/filter.h"

/* One of several files with the same build ID that have pages in memory. */
struct duplicate {
	uint64_t group;
	uint64_t wasted;	/* bytes that an earlier one has in memory as well */
	uint64_t idle;		/* of those, that no process maps here */
	uint64_t cached, mapped, procs;
	uint64_t lib;
	const char *dev;
	uint64_t ino;
	const char *flags;
	const char *buildid;
	const char *containers;	/* "-" until duplicates_name() */
	const char *path;
};

extern const struct view duplicates_view;

struct rows duplicates_find(const struct snapshot *snap);
uint64_t duplicates_wasted(const struct snapshot *snap);
uint64_t duplicates_unknown(const struct snapshot *snap, uint64_t *cached);
char *duplicates_members(const struct snapshot *snap, char *members);
void duplicates_say(const struct snapshot *snap, const struct list *list, FILE *out);
void duplicates_name(struct snapshot *snap, const struct rows *rows);

#endif
