/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_VISIT_H
#define LIBSHARE_VISIT_H

#include <linux/types.h>

struct libshare_snapshot;
struct libshare_vmas;

/*
 * What is done with the VMA in hand, of the process of that index: reads it from
 * walk->addr on and moves walk->addr behind what was read. Where that is within
 * the VMA, or the lock was given up, it is called again for the rest.
 * Returns 0, or an error for libshare_process_skip().
 */
typedef int (*libshare_visit_fn)(void *context, struct libshare_vmas *walk, u32 process);

int libshare_visit(struct libshare_snapshot *snap, libshare_visit_fn visit, void *context);

#endif
