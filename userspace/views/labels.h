/* SPDX-License-Identifier: GPL-2.0-only */
/* What rows are put together by: the group that a process or a library belongs to. */
#ifndef LABELS_H
#define LABELS_H

#include <stdbool.h>

#include "data/snapshot.h"

enum by {
	BY_CGROUP,
	BY_CONTAINER,
	BY_SERVICE,
	BY_USER,
	BY_PROGRAM,
	BY_PACKAGE,	/* of libraries; all others are of processes */
	BYS,
	BY_NOTHING = BYS, /* all is one group */
};

/* Names of a group: @id tells it from others, the rest is for people. */
struct label {
	const char *id;
	const char *name;
	const char *namespace, *pod, *engine;
};

extern const char *const bys[BYS];

bool by_find(const char *name, enum by *by);
bool by_is_path(enum by by);
unsigned int by_names(enum by by);
bool label_is_container(const struct snapshot *snap, const char *cgroup, const char *wanted);
struct label label_path(struct snapshot *snap, enum by by, const char *cgroup);
struct label label_process(struct snapshot *snap, enum by by, const struct process *proc);
struct label label_library(const struct snapshot *snap, const struct library *lib);

#endif
