// SPDX-License-Identifier: GPL-2.0-only
/*
 * Metrics in the OpenMetrics text format, which node_exporter's textfile
 * collector and Prometheus read. How many series there are is bounded: each
 * library is one, of each of a few metrics, and the rest is summed up in totals.
 * All are gauges: the names of counters are what this format and the older one
 * of Prometheus, which node_exporter reads, do not agree on.
 */
#include <inttypes.h>

#include "data/alloc.h"
#include "data/skipped.h"
#include "out/batch.h"
#include "out/openmetrics.h"
#include "out/output.h"
#include "views/totals.h"

struct metric {
	const char *name, *unit, *help;
	size_t offset;		/* in the structure that it is about */
};

#define LIBRARY(name, unit, field, help) \
	{ "libshare_library_" name, unit, help, offsetof(struct library, field) }

static const struct metric library_metrics[] = {
	LIBRARY("saved_bytes", "bytes", saved,
		"What sharing of its file pages saves (rss - mapped)."),
	LIBRARY("mapped_bytes", "bytes", mapped, "File pages that at least one process maps."),
	LIBRARY("cow_unique_bytes", "bytes", cow_unique,
		"Distinct private copies of its pages (copy-on-write)."),
	LIBRARY("processes", "", procs, "Processes that map the library."),
};

#define NR(array) (sizeof(array) / sizeof(*(array)))

static void print_head(FILE *out, const char *name, const char *type, const char *unit,
		       const char *help)
{
	fprintf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
	if (*unit)
		fprintf(out, "# UNIT %s %s\n", name, unit);
}

static void print_label(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', out);
		fputc(*text, out);
	}
	fputc('"', out);
}

static uint64_t value_at(const void *from, const struct metric *metric)
{
	return *(const uint64_t *)((const char *)from + metric->offset);
}

static void print_totals(FILE *out, const struct snapshot *snap)
{
	struct totals totals;
	size_t i;

	totals_add(&totals, snap);
	for (i = 0; totals_names[i].name; i++) {
		const struct total *total = &totals_names[i];
		uint64_t value = totals_at(&totals, i);
		/* All others are amounts of memory. */
		bool bytes = strcmp(total->name, "libraries");
		char name[64];

		if (value == UNKNOWN)
			continue;
		snprintf(name, sizeof(name), "libshare_%s%s", total->name, bytes ? "_bytes" : "");
		print_head(out, name, "gauge", bytes ? "bytes" : "", total->help);
		fprintf(out, "%s %" PRIu64 "\n", name, value);
	}
}

/* What the library takes, and what that is worth: both make it worth a series. */
static uint64_t weight(const struct library *lib)
{
	return lib->mapped + known(lib->cow_unique) + lib->saved;
}

static int by_weight(const void *a, const void *b)
{
	const struct library *x = *(const struct library *const *)a;
	const struct library *y = *(const struct library *const *)b;

	if (weight(x) != weight(y))
		return weight(x) < weight(y) ? 1 : -1;
	return (x->lib > y->lib) - (x->lib < y->lib);
}

static void print_library_labels(FILE *out, const struct library *lib, size_t nth)
{
	fputs("{path=", out);
	print_label(out, lib->path);
	fputs(",dev=", out);
	print_label(out, lib->dev);
	fprintf(out, ",ino=\"%" PRIu64 "\"", lib->ino);
	/* The same library has the same build ID on all hosts of a fleet. */
	if (strcmp(lib->buildid, "-")) {
		fputs(",buildid=", out);
		print_label(out, lib->buildid);
	}
	if (nth > 1)
		fprintf(out, ",nth=\"%zu\"", nth);
	fputc('}', out);
}

static int by_labels(const void *a, const void *b)
{
	const struct library *x = **(const struct library *const *const *)a;
	const struct library *y = **(const struct library *const *const *)b;
	int way = strcmp(x->path, y->path);

	way = way ?: strcmp(x->dev, y->dev);
	way = way ?: (x->ino > y->ino) - (x->ino < y->ino);
	way = way ?: strcmp(x->buildid, y->buildid);
	return way ?: (x->lib > y->lib) - (x->lib < y->lib);
}

static bool same_labels(const struct library *x, const struct library *y)
{
	return x->ino == y->ino && !strcmp(x->path, y->path) && !strcmp(x->dev, y->dev) &&
	       !strcmp(x->buildid, y->buildid);
}

/*
 * Not every file system has device and inode that are unique: snapshots of one btrfs
 * share them. Which of the libraries with the same labels each is, from 1.
 */
static size_t *number_equals(const struct list *list, size_t nr)
{
	const void ***sorted = xcalloc(nr, sizeof(*sorted));
	size_t *nth = xcalloc(nr, sizeof(*nth)), i;

	for (i = 0; i < nr; i++)
		sorted[i] = &list->row[i];
	if (nr)
		qsort(sorted, nr, sizeof(*sorted), by_labels);
	for (i = 0; i < nr; i++)
		nth[sorted[i] - list->row] = i && same_labels(*sorted[i - 1], *sorted[i]) ?
					     nth[sorted[i - 1] - list->row] + 1 : 1;
	free(sorted);
	return nth;
}

static void print_libraries(FILE *out, const struct list *list, uint64_t max)
{
	size_t nr = list->nr < max ? list->nr : max, *nth, i, j;

	if (list->nr)
		qsort(list->row, list->nr, sizeof(*list->row), by_weight);
	nth = number_equals(list, nr);
	for (i = 0; i < NR(library_metrics); i++) {
		const struct metric *metric = &library_metrics[i];

		print_head(out, metric->name, "gauge", metric->unit, metric->help);
		for (j = 0; j < nr; j++) {
			if (value_at(list->row[j], metric) == UNKNOWN)
				continue;
			fputs(metric->name, out);
			print_library_labels(out, list->row[j], nth[j]);
			fprintf(out, " %" PRIu64 "\n", value_at(list->row[j], metric));
		}
	}
	print_head(out, "libshare_libraries_left_out", "gauge", "",
		   "Libraries without series of their own, because of their number.");
	fprintf(out, "libshare_libraries_left_out %zu\n", list->nr - nr);
	free(nth);
}

/* A family of its own: one with and without labels would be summed up twice. */
static void print_skipped(FILE *out, const struct snapshot *snap)
{
	int i;

	print_head(out, "libshare_skipped_processes_by_reason", "gauge", "",
		   "Processes that the last scan did not count, by reason.");
	for (i = 0; i < SKIPPED_REASONS; i++)
		if (snap->skipped_by[i] != UNKNOWN)
			fprintf(out, "libshare_skipped_processes_by_reason{reason=\"%s\"} %" PRIu64
				"\n", skipped_reason(i), snap->skipped_by[i]);
}

static void print_cost(FILE *out, const struct snapshot *snap)
{
	const char *last = snapshot_fact(snap, "scan_ns");

	print_head(out, "libshare_skipped_processes", "gauge", "",
		   "Processes that the last scan could not look at.");
	fprintf(out, "libshare_skipped_processes %" PRIu64 "\n", snap->skipped);
	if (snap->skipped_by[SKIPPED_STUCK] != UNKNOWN)
		print_skipped(out, snap);
	if (!last)
		return;
	print_head(out, "libshare_scan_duration_seconds", "gauge", "seconds",
		   "How long the last scan took.");
	fprintf(out, "libshare_scan_duration_seconds %.9f\n", strtod(last, NULL) / 1e9);
}

/**
 * openmetrics_run() - Print metrics.
 * @options: The command line.
 *
 * Return: The exit status.
 */
int openmetrics_run(const struct options *options)
{
	const struct view *view = &tables[LIBRARIES];
	unsigned int needs = view->needs | filter_needs(&options->filter, view);
	struct source *source = batch_source(options);
	struct snapshot *snap;
	struct output output;
	struct list list;
	int status;

	switch (source_next(source, needs, &snap)) {
	case -1:
		errx(TROUBLE, "%s", source_why(source));
	case 0:
		errx(TROUBLE, "%s holds no snapshot: make one with --record",
		     options->replay ?: options->directory);
	}
	list = list_make(snap, view, &snap->table[LIBRARIES], &options->filter);
	status = batch_explain(options, view, snap, &list);
	output_open(&output, options->output, false);
	print_totals(output.out, snap);
	print_libraries(output.out, &list, options->max_series);
	print_cost(output.out, snap);
	fputs("# EOF\n", output.out);
	output_close(&output);
	free(list.row);
	snapshot_free(snap);
	source_close(source);
	return status;
}
