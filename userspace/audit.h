/* SPDX-License-Identifier: GPL-2.0-only */
/* What is in copies: read from the processes that hold them, and compared. */
#ifndef LIBSHARE_AUDIT_H
#define LIBSHARE_AUDIT_H

#include <stdbool.h>

#include "filter.h"
#include "snapshot.h"

extern const struct libshare_column libshare_audit_columns[];
extern const struct libshare_column libshare_programs_columns[];
extern const struct libshare_column libshare_distinct_columns[];

void libshare_audit_run(struct libshare_snapshot *snap, const struct libshare_filter *filter,
			FILE *progress);
char *libshare_audit_member(const struct libshare_snapshot *snap);
void libshare_audit_say(const struct libshare_snapshot *snap, FILE *out);

#endif
