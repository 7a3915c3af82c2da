/* SPDX-License-Identifier: GPL-2.0-only */
/* From counts to the rows of a snapshot. */
#ifndef PROC_TABLES_H
#define PROC_TABLES_H

#include "data/proc/count.h"

const char *proc_keep(struct snapshot *snap, const char *text, size_t len);
void proc_library_rows(struct proc_world *w, uint32_t file,
		       const struct proc_library *lib,
		       struct proc_counts *c);
void proc_process_rows(struct proc_world *w);

#endif
