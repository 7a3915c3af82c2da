/* SPDX-License-Identifier: GPL-2.0-only */
/* The page-table entries of mappings, by /proc/PID/pagemap. */
#ifndef LIBSHARE_PROC_ENTRIES_H
#define LIBSHARE_PROC_ENTRIES_H

#include "proc_world.h"

void libshare_proc_entries_read(struct libshare_proc_world *w, uint64_t first, uint64_t nr);

#endif
