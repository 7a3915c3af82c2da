/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * xxhash, as part of the program. Without vector instructions it is quick enough for
 * pages, and quicker where they are emulated.
 */
#ifndef LIBSHARE_HASH_H
#define LIBSHARE_HASH_H

#define XXH_INLINE_ALL
#define XXH_VECTOR 0	/* XXH_SCALAR */
#include <xxhash.h>

#endif
