/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_DUPLICATES_H
#define LIBSHARE_DUPLICATES_H

#include <stdio.h>

#include "snapshot.h"

/* One of several files with the same build ID that have pages in memory. */
struct libshare_duplicate {
	uint64_t group;
	uint64_t wasted;	/* bytes that an earlier one has in memory as well */
	uint64_t cached, mapped, procs;
	uint64_t lib;
	const char *dev;
	uint64_t ino;
	const char *flags;
	const char *buildid;
	const char *path;
};

struct libshare_rows libshare_duplicates_find(const struct libshare_snapshot *snap);
uint64_t libshare_duplicates_wasted(const struct libshare_snapshot *snap);
char *libshare_duplicates_members(const struct libshare_snapshot *snap, char *members);
void libshare_duplicates_say(const struct libshare_snapshot *snap, FILE *out);

#endif
