/* SPDX-License-Identifier: GPL-2.0-only */
/* Finding a process of a snapshot by its pid. */
#ifndef PIDS_H
#define PIDS_H

#include "data/snapshot.h"

struct pids {
	struct process **at;	/* sorted; for free() */
	size_t nr;
};

struct pids pids_make(const struct snapshot *snap);
struct process **pids_find(const struct pids *pids, uint64_t pid);

#endif
