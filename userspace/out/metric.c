// SPDX-License-Identifier: GPL-2.0-only
/*
 * What every metric is written with. All are gauges: OpenMetrics and the older format of
 * Prometheus, which node_exporter reads, do not agree on the names of counters, and the
 * older one has no type for a series that only carries labels.
 */
#include "out/metric.h"

/**
 * metric_head() - Begin a metric.
 * @out: Where to.
 * @name: Its name.
 * @unit: The unit that its name ends with, or an empty text.
 * @help: What it means.
 */
void metric_head(FILE *out, const char *name, const char *unit, const char *help)
{
	fprintf(out, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
	if (*unit)
		fprintf(out, "# UNIT %s %s\n", name, unit);
}

/**
 * metric_label() - Write a label.
 * @out: Where to.
 * @name: Its name, with the brace or comma in front of it.
 * @text: Its value; a line break in it is written as tables have it, \012.
 */
void metric_label(FILE *out, const char *name, const char *text)
{
	fprintf(out, "%s=\"", name);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', out);
		fputc(*text, out);
	}
	fputc('"', out);
}
