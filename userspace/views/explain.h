/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef EXPLAIN_H
#define EXPLAIN_H

#include <stdio.h>

#include "views/filter.h"

#define FINDINGS 10	/* that are told at most */

/* Something that takes memory, and what would win it back. */
struct finding {
	const char *rule;
	uint64_t wins;		/* bytes */
	uint64_t procs;
	const char *finding;
	const char *remedy;
	uint64_t lib;		/* that it is about; unknown: several */
	const char *path;	/* of the library or the program */
};

extern const struct view findings_view;

struct rows findings_find(struct snapshot *snap, const struct filter *filter);
void findings_say(const struct list *list, FILE *out);

#endif
