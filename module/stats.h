/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_STATS_H
#define LIBSHARE_STATS_H

#include <linux/types.h>

struct libshare_snapshot;
struct libshare_stats;
struct seq_file;

int libshare_stats_setup(void);
void libshare_stats_teardown(void);
void libshare_stats_note(const struct libshare_snapshot *snap, const u64 *cached_by_node);
struct libshare_stats *libshare_stats_copy(void);
void libshare_stats_show(struct seq_file *m, const struct libshare_stats *stats);

#endif
