/* SPDX-License-Identifier: GPL-2.0-only */
/* Processes that a scan could not count, and what is said about them. */
#ifndef SKIPPED_H
#define SKIPPED_H

#include <stdbool.h>
#include <stdio.h>

#include "data/columns.h"

#define SKIPPED_LISTED 8	/* processes that the module names */

#define SKIPPED_TEXT 4096	/* bytes that they take at most */

/* A process that was not counted to its end. */
struct skipped {
	uint64_t pid;
	enum skipped_reason reason;
	char comm[260];		/* safe to show */
};

const char *skipped_reason(enum skipped_reason reason);
bool skipped_pair(struct snapshot *snap, const char *name, const char *value,
		  bool *valid);
void skipped_head(FILE *out, const struct snapshot *snap);
uint64_t skipped_living(const struct snapshot *snap);
size_t skipped_list(const struct snapshot *snap, struct skipped list[SKIPPED_LISTED]);
char *skipped_text(const struct snapshot *snap);
void skipped_warn(const struct snapshot *snap, const char *of);
char *skipped_json(const struct snapshot *snap);

#endif
