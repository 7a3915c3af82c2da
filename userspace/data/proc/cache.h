/* SPDX-License-Identifier: GPL-2.0-only */
/* What of a file is in the page cache. */
#ifndef PROC_CACHE_H
#define PROC_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct proc_cached {
	uint64_t first, count;	/* page indices */
};

struct proc_cache {
	uint64_t pages;		/* in the page cache; or unknown */
	struct proc_cached *run; /* where they are, if that was asked for */
	size_t nr, room;
};

void proc_cache_read(struct proc_cache *c, int fd, uint64_t size,
		     bool overlay, bool runs);

#endif
