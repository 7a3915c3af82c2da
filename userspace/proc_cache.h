/* SPDX-License-Identifier: GPL-2.0-only */
/* What of a file is in the page cache. */
#ifndef LIBSHARE_PROC_CACHE_H
#define LIBSHARE_PROC_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct libshare_proc_cached {
	uint64_t first, count;	/* page indices */
};

struct libshare_proc_cache {
	uint64_t pages;		/* in the page cache; or unknown */
	struct libshare_proc_cached *run; /* where they are, if that was asked for */
	size_t nr, room;
};

void libshare_proc_cache_read(struct libshare_proc_cache *c, int fd, uint64_t size,
			      bool overlay, bool runs);

#endif
