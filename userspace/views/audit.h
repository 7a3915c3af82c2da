/* SPDX-License-Identifier: GPL-2.0-only */
/* What is in copies: read from the processes that hold them, and compared. */
#ifndef AUDIT_H
#define AUDIT_H

#include <stdbool.h>

#include "data/snapshot.h"
#include "views/filter.h"

void audit_run(struct snapshot *snap, const struct filter *filter, FILE *progress);
char *audit_member(const struct snapshot *snap);
void audit_say(const struct snapshot *snap, FILE *out);

#endif
