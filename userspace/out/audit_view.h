/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef AUDIT_VIEW_H
#define AUDIT_VIEW_H

#include "options.h"

bool audit_is_needed(const struct options *options);
void audit_take(const struct options *options, struct snapshot *snap);
void audit_prepare(const struct options *options, struct snapshot *snap);
char *audit_members(const struct options *options,
		    const struct snapshot *snap, char *members);
void audit_say(const struct snapshot *snap, FILE *out);

#endif
