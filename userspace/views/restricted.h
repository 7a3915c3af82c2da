/* SPDX-License-Identifier: GPL-2.0-only */
/* Libraries, as far as the processes of a control group use them. */
#ifndef RESTRICTED_H
#define RESTRICTED_H

#include "views/filter.h"

struct rows restricted_find(struct snapshot *snap, const struct filter *filter);
void restricted_say(const struct view *view, const struct filter *filter, FILE *out);

#endif
