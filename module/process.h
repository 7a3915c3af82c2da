/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_PROCESS_H
#define LIBSHARE_PROCESS_H

#include <linux/rhashtable-types.h>
#include <linux/sched.h>

#include "snapshot.h"

/* The control groups of a scan's processes: cgroup.c. */
struct libshare_cgroups {
	struct libshare_snapshot *snap;
	struct rhashtable table;	/* of snap->cgroups, by id */
	char *buf;			/* PATH_MAX bytes */
};

int libshare_cgroups_begin(struct libshare_cgroups *cgroups, struct libshare_snapshot *snap);
int libshare_cgroups_find(struct libshare_cgroups *cgroups, struct task_struct *task,
			  const struct libshare_cgroup **cgroup);
void libshare_cgroups_end(struct libshare_cgroups *cgroups);

int libshare_processes_collect(struct libshare_snapshot *snap);
void libshare_process_unpin(struct libshare_process *proc);
void libshare_process_skip(struct libshare_snapshot *snap, struct libshare_process *proc,
			   enum libshare_skip why);

#endif
