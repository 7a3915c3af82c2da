/* SPDX-License-Identifier: GPL-2.0-only */
/* Which source a snapshot has, and what that source cannot know. */
#ifndef ORIGIN_H
#define ORIGIN_H

#include <stdbool.h>
#include <stdio.h>

#include "data/columns.h"

bool origin_pair(struct snapshot *snap, const char *name, const char *value,
		 bool *valid);
void origin_head(FILE *out, const struct snapshot *snap);
char *origin_text(const struct snapshot *snap);
void origin_warn(const struct snapshot *snap);
char *origin_member(const struct snapshot *snap);

#endif
