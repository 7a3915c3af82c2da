/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_PAGECACHE_H
#define LIBSHARE_PAGECACHE_H

#include <linux/types.h>

struct address_space;
struct libshare_resident;

bool libshare_pagecache_copy(void *file, u64 offset, void *buf, size_t len);
bool libshare_pagecache_next(struct address_space *mapping, unsigned long *index,
			     struct libshare_resident *res);

#endif
