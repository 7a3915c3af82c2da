/* SPDX-License-Identifier: GPL-2.0-only */
/* Paths of control groups. */
#ifndef CGROUP_H
#define CGROUP_H

#include <stdbool.h>

bool cgroup_may_be_name(const char *text);
char *cgroup_wanted(const char *text);
bool cgroup_is_within(const char *cgroup, const char *wanted);

#endif
