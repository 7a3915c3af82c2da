/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_PROCESS_H
#define LIBSHARE_PROCESS_H

struct libshare_process;
struct libshare_snapshot;

int libshare_processes_collect(struct libshare_snapshot *snap);
void libshare_process_unpin(struct libshare_process *proc);

#endif
