/* SPDX-License-Identifier: GPL-2.0-only */
/* What is in a group that --by makes: its libraries, and its processes. */
#ifndef GROUP_MEMBERS_H
#define GROUP_MEMBERS_H

#include "views/filter.h"
#include "views/labels.h"

const struct view *group_libraries_view(enum by by);
struct rows group_libraries_find(struct snapshot *snap, enum by by, const char *id,
				 const struct filter *filter);
struct rows group_processes_find(struct snapshot *snap, enum by by, const char *id,
				 const struct filter *filter);

#endif
