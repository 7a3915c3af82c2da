/* SPDX-License-Identifier: GPL-2.0-only */
/* Heaps put together by the group of their process. */
#ifndef HEAPS_H
#define HEAPS_H

#include "views/groups.h"

struct rows heaps_find(struct snapshot *snap, enum by by, const struct filter *filter);

#endif
