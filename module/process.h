/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_PROCESS_H
#define LIBSHARE_PROCESS_H

#include <linux/rhashtable-types.h>
#include <linux/sched.h>

#include "snapshot.h"

struct cgroup;

/* The control groups that a scan has met: cgroup.c. */
struct libshare_cgroups {
	struct libshare_snapshot *snap;
	struct rhashtable table;	/* of snap->cgroups, by id */
	/* One that was looked up, but was not in the table */
	u64 missing;			/* its id, */
	char *buf;			/* PATH_MAX bytes: and its path */
};

int libshare_cgroups_begin(struct libshare_cgroups *cgroups, struct libshare_snapshot *snap);
struct libshare_cgroup *libshare_cgroups_look_up(struct libshare_cgroups *cgroups,
						 struct cgroup *cgrp);
int libshare_cgroups_add(struct libshare_cgroups *cgroups, struct libshare_cgroup **found);
int libshare_cgroups_find(struct libshare_cgroups *cgroups, struct task_struct *task,
			  struct libshare_cgroup **cgroup);
void libshare_cgroups_end(struct libshare_cgroups *cgroups);

int libshare_processes_collect(struct libshare_snapshot *snap, struct libshare_cgroups *cgroups);
void libshare_process_unpin(struct libshare_process *proc);
void libshare_process_skip(struct libshare_snapshot *snap, struct libshare_process *proc,
			   enum libshare_skip why);

#endif
