/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_SHARE_H
#define LIBSHARE_SHARE_H

#include <linux/types.h>

/* Bytes with a fraction in units of 2^-46, carried whenever it is added to. */
struct libshare_share {
	u64 bytes;
	u64 fraction;
};

void libshare_share_add(struct libshare_share *sum, const struct libshare_share *share);
void libshare_share_add_pages(struct libshare_share *sum, u32 owners, u32 nr);
u64 libshare_share_bytes(const struct libshare_share *sum);

#endif
