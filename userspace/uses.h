/* SPDX-License-Identifier: GPL-2.0-only */
/* Mappings put together: what a process has of a library, or all of a segment. */
#ifndef LIBSHARE_USES_H
#define LIBSHARE_USES_H

#include "columns.h"

/* One process's use of one library. */
struct libshare_use {
	uint64_t pid, lib, maps;
	uint64_t rss, shared, cow, cow_shared, swap, pss;
	const char *comm;
	const char *path;
	const char *dev;
	uint64_t ino;
};

/* The same part of a library in all processes that map it alike. */
struct libshare_segment {
	uint64_t offset;
	const char *perms, *segment;
	uint64_t procs, size;
	uint64_t rss, shared, cow, cow_shared, swap, pss;
};

extern const struct libshare_view libshare_users_view;	/* of a library */
extern const struct libshare_view libshare_uses_view;	/* of a process */
extern const struct libshare_view libshare_segments_view;

struct libshare_rows libshare_users_find(const struct libshare_snapshot *snap, uint64_t lib);
struct libshare_rows libshare_uses_find(const struct libshare_snapshot *snap, uint64_t pid);
struct libshare_rows libshare_segments_find(const struct libshare_snapshot *snap, uint64_t lib);

#endif
