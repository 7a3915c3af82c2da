/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * xxhash, as part of the program: 64 bits, with a key. Only copies of the same page are
 * compared, so that is enough; it uses no vector instructions, which are slow where they
 * are emulated.
 */
#ifndef HASH_H
#define HASH_H

#define XXH_INLINE_ALL
#include <xxhash.h>

#endif
