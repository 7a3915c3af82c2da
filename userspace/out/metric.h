/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef METRIC_H
#define METRIC_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* A number of a structure, as a metric. */
struct metric {
	const char *name, *unit, *help;
	size_t offset;		/* in the structure that it is about */
};

static inline uint64_t metric_at(const void *from, const struct metric *metric)
{
	return *(const uint64_t *)((const char *)from + metric->offset);
}

void metric_head(FILE *out, const char *name, const char *unit, const char *help);
void metric_label(FILE *out, const char *name, const char *text);

#endif
