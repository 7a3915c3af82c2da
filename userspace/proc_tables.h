/* SPDX-License-Identifier: GPL-2.0-only */
/* From counts to the rows of a snapshot. */
#ifndef LIBSHARE_PROC_TABLES_H
#define LIBSHARE_PROC_TABLES_H

#include "proc_count.h"

const char *libshare_proc_keep(struct libshare_snapshot *snap, const char *text, size_t len);
void libshare_proc_library_rows(struct libshare_proc_world *w, uint32_t file,
				const struct libshare_proc_library *lib,
				struct libshare_proc_counts *c);
void libshare_proc_process_rows(struct libshare_proc_world *w);

#endif
