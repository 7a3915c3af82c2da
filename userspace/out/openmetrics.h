/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef OPENMETRICS_H
#define OPENMETRICS_H

#include <stdio.h>

#include "options.h"
#include "views/labels.h"

int openmetrics_run(const struct options *options);
void openmetrics_libraries(FILE *out, const struct list *list, uint64_t max);
void openmetrics_groups(FILE *out, struct snapshot *snap, enum by by,
			const struct filter *filter, uint64_t max);

#endif
