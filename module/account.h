/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_ACCOUNT_H
#define LIBSHARE_ACCOUNT_H

#include <linux/types.h>

struct libshare_leaf;
struct libshare_mapping;
struct libshare_snapshot;

int libshare_account_mapping(struct libshare_snapshot *snap, const struct libshare_mapping *map);
int libshare_account_leaf(struct libshare_snapshot *snap, const struct libshare_leaf *leaf);
int libshare_account_make_room(struct libshare_snapshot *snap, const struct libshare_leaf *leaf);

#endif
