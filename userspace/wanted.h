/* SPDX-License-Identifier: GPL-2.0-only */
/* The one library that --library names. */
#ifndef LIBSHARE_WANTED_H
#define LIBSHARE_WANTED_H

#include <stdbool.h>

#include "snapshot.h"

struct libshare_wanted {
	const char *text;	/* as tables write it; NULL: any library */
	const char *path;	/* of the file that it leads to on this machine, or NULL */
	char dev[32];		/* of that file, or empty */
	uint64_t ino;
};

void libshare_wanted_set(struct libshare_wanted *wanted, const char *text, bool here);
const struct libshare_library *libshare_wanted_find(const struct libshare_wanted *wanted,
						    const struct libshare_snapshot *snap,
						    char *why, size_t size);

#endif
