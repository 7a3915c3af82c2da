/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_PAGEWALK_H
#define LIBSHARE_PAGEWALK_H

#include <linux/types.h>

#include "leaf.h"

struct libshare_cost;
struct libshare_vmas;

bool libshare_pagewalk_any(struct libshare_vmas *walk);
bool libshare_pagewalk_next(struct libshare_vmas *walk, struct libshare_leaf *leaf);

#endif
