/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_PAGECACHE_H
#define LIBSHARE_PAGECACHE_H

#include <linux/types.h>

struct address_space;
struct libshare_pages;

bool libshare_pagecache_copy(void *file, u64 offset, void *buf, size_t len);
int libshare_pagecache_read(struct address_space *mapping, struct libshare_pages *pages,
			    u64 *cached_by_node);

#endif
