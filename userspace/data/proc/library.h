/* SPDX-License-Identifier: GPL-2.0-only */
/* The file of a library itself. */
#ifndef PROC_LIBRARY_H
#define PROC_LIBRARY_H

#include "data/proc/cache.h"
#include "data/proc/world.h"

struct proc_library {
	const char *path;	/* of the snapshot */
	const char *buildid;	/* of the snapshot; or NULL */
	uint64_t stat_dev, stat_ino; /* as statx() has them; 0: not known */
	uint64_t size;		/* bytes; or unknown */
	bool unlinked;
	struct proc_cache cache;
};

bool proc_library_read(struct proc_world *w, uint32_t file, struct proc_library *lib);

#endif
