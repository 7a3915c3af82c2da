/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef OPENMETRICS_H
#define OPENMETRICS_H

#include <stdio.h>

#include "options.h"

int openmetrics_run(const struct options *options);
void openmetrics_libraries(FILE *out, const struct list *list, uint64_t max);
void openmetrics_containers(FILE *out, struct snapshot *snap, const char *cgroup,
			    uint64_t max);

#endif
