/* SPDX-License-Identifier: GPL-2.0-only */
/* The processes there are, each address space once. */
#ifndef PROC_PROCESSES_H
#define PROC_PROCESSES_H

#include "data/proc/vmas.h"
#include "data/proc/world.h"

struct proc_spaces;

bool proc_processes_collect(struct proc_world *w, char *why, size_t size);

#endif
