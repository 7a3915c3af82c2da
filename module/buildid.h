/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_BUILDID_H
#define LIBSHARE_BUILDID_H

#include <linux/types.h>

#define LIBSHARE_BUILDID_MAX 64

/*
 * Reads @len bytes at @offset of a file to @buf; false when they cannot be
 * had, all of them, at once.
 */
typedef bool (*libshare_read_fn)(void *file, u64 offset, void *buf, size_t len);

size_t libshare_buildid_find(libshare_read_fn read, void *file, u8 id[LIBSHARE_BUILDID_MAX]);

#endif
