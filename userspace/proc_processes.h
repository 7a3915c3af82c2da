/* SPDX-License-Identifier: GPL-2.0-only */
/* The processes there are, each address space once. */
#ifndef LIBSHARE_PROC_PROCESSES_H
#define LIBSHARE_PROC_PROCESSES_H

#include "proc_vmas.h"
#include "proc_world.h"

struct libshare_proc_spaces;

bool libshare_proc_processes_collect(struct libshare_proc_world *w, char *why, size_t size);

#endif
