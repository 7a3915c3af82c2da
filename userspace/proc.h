/* SPDX-License-Identifier: GPL-2.0-only */
/* The module's tables, worked out from /proc. */
#ifndef LIBSHARE_PROC_H
#define LIBSHARE_PROC_H

#include <stdbool.h>
#include <stddef.h>

#include "snapshot.h"

const char *libshare_proc_buildid(struct libshare_snapshot *snap, int fd);
/* The tables that /proc has; it does not tell which control group pays for a page. */
#define LIBSHARE_PROC_HAS (LIBSHARE_HAS(LIBSHARE_CGROUPS) - 1)

bool libshare_proc_scan(unsigned int needs,
			const char *(*read_buildid)(struct libshare_snapshot *snap, int fd),
			uint64_t generation, struct libshare_snapshot **snap, char *why,
			size_t size);

#endif
