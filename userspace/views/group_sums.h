/* SPDX-License-Identifier: GPL-2.0-only */
/* Rows of processes and mappings added up; and libraries, by package. */
#ifndef GROUP_SUMS_H
#define GROUP_SUMS_H

#include "views/groups.h"
#include "views/parts.h"

struct rows group_sums_find(struct snapshot *snap, enum by by, const struct view *of,
			    const struct filter *filter);

#endif
