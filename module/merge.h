/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_MERGE_H
#define LIBSHARE_MERGE_H

struct libshare_cost;
struct libshare_library;
struct libshare_snapshot;

int libshare_merge_library(struct libshare_library *to, struct libshare_library *from);
int libshare_merge_copies(struct libshare_snapshot *to, struct libshare_snapshot *from);
int libshare_merge_cached(struct libshare_snapshot *to, struct libshare_snapshot *from);
void libshare_merge_cost(struct libshare_cost *to, const struct libshare_cost *from);

#endif
