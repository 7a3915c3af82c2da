/* SPDX-License-Identifier: GPL-2.0-only */
/* The file of a library itself. */
#ifndef LIBSHARE_PROC_LIBRARY_H
#define LIBSHARE_PROC_LIBRARY_H

#include "proc_cache.h"
#include "proc_world.h"

struct libshare_proc_library {
	const char *path;	/* of the snapshot */
	const char *buildid;	/* of the snapshot; or NULL */
	uint64_t stat_dev, stat_ino; /* as statx() has them; 0: not known */
	uint64_t size;		/* bytes; or unknown */
	bool unlinked;
	struct libshare_proc_cache cache;
};

bool libshare_proc_library_read(struct libshare_proc_world *w, uint32_t file,
				struct libshare_proc_library *lib);

#endif
