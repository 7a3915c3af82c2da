/* SPDX-License-Identifier: GPL-2.0-only */
/* The one library that --library names. */
#ifndef WANTED_H
#define WANTED_H

#include <stdbool.h>

#include "data/snapshot.h"

struct wanted {
	const char *text;	/* as tables write it; NULL: any library */
	const char *path;	/* of the file that it leads to on this machine, or NULL */
	char dev[32];		/* of that file, or empty */
	uint64_t ino;
};

void wanted_set(struct wanted *wanted, const char *text, bool here);
struct wanted wanted_this(const char *path, const char *dev, uint64_t ino);
const struct library *wanted_find(const struct wanted *wanted,
				  const struct snapshot *snap,
				  char *why, size_t size);

#endif
