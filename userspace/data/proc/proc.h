/* SPDX-License-Identifier: GPL-2.0-only */
/* The module's tables, worked out from /proc. */
#ifndef PROC_H
#define PROC_H

#include <stdbool.h>
#include <stddef.h>

#include "data/snapshot.h"

const char *proc_buildid(struct snapshot *snap, int fd);
/* The tables that /proc has; it does not tell which control group pays for a page. */
#define PROC_HAS (HAS(CGROUPS) - 1)

bool proc_scan(unsigned int needs,
	       const char *(*read_buildid)(struct snapshot *snap, int fd),
	       uint64_t generation, struct snapshot **snap, char *why,
	       size_t size);

#endif
