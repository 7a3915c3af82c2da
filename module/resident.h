/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_RESIDENT_H
#define LIBSHARE_RESIDENT_H

#include <linux/types.h>

struct libshare_snapshot;

s64 libshare_resident_read(struct libshare_snapshot *snap, u32 workers, u64 *cached_by_node);

#endif
