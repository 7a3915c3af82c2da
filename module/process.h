/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_PROCESS_H
#define LIBSHARE_PROCESS_H

struct libshare_process;
struct libshare_snapshot;

int libshare_processes_collect(struct libshare_snapshot *snap);
int libshare_process_skip(struct libshare_snapshot *snap, struct libshare_process *proc, int err);
void libshare_process_unpin(struct libshare_process *proc);

#endif
