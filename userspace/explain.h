/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_EXPLAIN_H
#define LIBSHARE_EXPLAIN_H

#include <stdio.h>

#include "filter.h"

#define LIBSHARE_FINDINGS 10	/* that are told at most */

/* Something that takes memory, and what would win it back. */
struct libshare_finding {
	const char *rule;
	uint64_t wins;		/* bytes */
	uint64_t procs;
	const char *finding;
	const char *remedy;
	uint64_t lib;		/* that it is about; unknown: several */
	const char *path;	/* of the library or the program */
};

extern const struct libshare_view libshare_findings_view;

struct libshare_rows libshare_findings_find(struct libshare_snapshot *snap,
					    const struct libshare_filter *filter);
void libshare_findings_say(const struct libshare_list *list, FILE *out);

#endif
