/* SPDX-License-Identifier: GPL-2.0-only */
/* The page-table entries of mappings, by /proc/PID/pagemap. */
#ifndef PROC_ENTRIES_H
#define PROC_ENTRIES_H

#include "data/proc/world.h"

void proc_entries_read(struct proc_world *w, uint64_t first, uint64_t nr);

#endif
