/* SPDX-License-Identifier: GPL-2.0-only */
/* Processes that a scan could not count, and what is said about them. */
#ifndef LIBSHARE_SKIPPED_H
#define LIBSHARE_SKIPPED_H

#include <stdbool.h>
#include <stdio.h>

#include "print.h"

#define LIBSHARE_SKIPPED_LISTED 8	/* processes that the module names */

#define LIBSHARE_SKIPPED_TEXT 4096	/* bytes that they take at most */

/* A process that was not counted to its end. */
struct libshare_skipped {
	uint64_t pid;
	enum libshare_skipped_reason reason;
	char comm[260];		/* safe to show */
};

const char *libshare_skipped_reason(enum libshare_skipped_reason reason);
bool libshare_skipped_pair(struct libshare_snapshot *snap, const char *name, const char *value,
			   bool *valid);
void libshare_skipped_head(FILE *out, const struct libshare_snapshot *snap);
uint64_t libshare_skipped_living(const struct libshare_snapshot *snap);
size_t libshare_skipped_list(const struct libshare_snapshot *snap,
			     struct libshare_skipped list[LIBSHARE_SKIPPED_LISTED]);
char *libshare_skipped_text(const struct libshare_snapshot *snap);
void libshare_skipped_warn(const struct libshare_snapshot *snap, const char *of);
void libshare_skipped_say(const struct libshare_printing *how,
			  const struct libshare_snapshot *snap, const char *of);
char *libshare_skipped_json(const struct libshare_snapshot *snap);

#endif
