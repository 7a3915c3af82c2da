/* SPDX-License-Identifier: GPL-2.0-only */
/* Mappings put together: what a process has of a library, or all of a segment. */
#ifndef USES_H
#define USES_H

#include "data/columns.h"

/* One process's use of one library. */
struct use {
	uint64_t pid, lib, maps;
	uint64_t rss, shared, cow, cow_shared, swap, pss;
	const char *comm;
	const char *path;
	const char *dev;
	uint64_t ino;
};

/* The same part of a library in all processes that map it alike. */
struct segment {
	uint64_t offset;
	const char *perms, *segment;
	uint64_t procs, size;
	uint64_t rss, shared, cow, cow_shared, swap, pss;
};

extern const struct view users_view;	/* of a library */
extern const struct view uses_view;	/* of a process */
extern const struct view segments_view;

struct rows users_find(const struct snapshot *snap, uint64_t lib);
struct rows uses_find(const struct snapshot *snap, uint64_t pid);
struct rows segments_find(const struct snapshot *snap, uint64_t lib);

#endif
