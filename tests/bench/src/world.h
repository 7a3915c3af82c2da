/* SPDX-License-Identifier: GPL-2.0-only */
/* The loads: named sets of processes that are there while peers are measured. */
#ifndef WORLD_H
#define WORLD_H

#include <sys/types.h>

struct load {
	const char *name;
	int processes;
	int libraries;		/* of a process */
	int heap_mb;
	int vmas;		/* one each page, in place of the libraries */
	int distinct;		/* no two processes share a library */
	int small;		/* a library is one page, a VMA */
	int busy;		/* processes that begin and end each second meanwhile */
};

const struct load *load_find(const char *name);
pid_t load_start(const struct load *load);
void load_stop(pid_t pid);

#endif
