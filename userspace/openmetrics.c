// SPDX-License-Identifier: GPL-2.0-only
/*
 * Metrics in the OpenMetrics text format, which node_exporter's textfile
 * collector and Prometheus read. How many series there are is bounded: each
 * library is one, of each of a few metrics, and the rest is summed up in totals.
 * All are gauges: the names of counters are what this format and the older one
 * of Prometheus, which node_exporter reads, do not agree on.
 */
#include <inttypes.h>

#include "alloc.h"
#include "batch.h"
#include "openmetrics.h"
#include "output.h"
#include "skipped.h"
#include "totals.h"

struct metric {
	const char *name, *unit, *help;
	size_t offset;		/* in the structure that it is about */
};

#define TOTAL(name, unit, field, help) \
	{ "libshare_" name, unit, help, offsetof(struct libshare_totals, field) }
#define LIBRARY(name, unit, field, help) \
	{ "libshare_library_" name, unit, help, offsetof(struct libshare_library, field) }

static const struct metric totals_metrics[] = {
	TOTAL("libraries", "", libraries, "Libraries that at least one process maps."),
	TOTAL("saved_bytes", "bytes", saved, "What sharing of libraries saves."),
	TOTAL("resident_bytes", "bytes", resident,
	      "Mapped file pages of libraries and their private copies."),
	TOTAL("copies_bytes", "bytes", copies,
	      "Distinct private copies of library pages (copy-on-write)."),
	TOTAL("unmapped_bytes", "bytes", unmapped,
	      "Pages of libraries that are cached but mapped by nobody."),
	TOTAL("swapped_bytes", "bytes", swap, "Private copies that are swapped out."),
	TOTAL("duplicated_bytes", "bytes", duplicated,
	      "Pages that another file with the same build ID has in memory too."),
};

static const struct metric library_metrics[] = {
	LIBRARY("saved_bytes", "bytes", saved, "What sharing of the library's file pages saves."),
	LIBRARY("mapped_bytes", "bytes", mapped, "File pages that at least one process maps."),
	LIBRARY("copies_bytes", "bytes", cow_unique,
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

static void print_totals(FILE *out, const struct libshare_snapshot *snap)
{
	struct libshare_totals totals;
	size_t i;

	libshare_totals_add(&totals, snap);
	for (i = 0; i < NR(totals_metrics); i++) {
		const struct metric *metric = &totals_metrics[i];
		uint64_t value = value_at(&totals, metric);

		if (value == LIBSHARE_UNKNOWN)
			continue;
		print_head(out, metric->name, "gauge", metric->unit, metric->help);
		fprintf(out, "%s %" PRIu64 "\n", metric->name, value);
	}
}

/* What the library takes, and what that is worth: both make it worth a series. */
static uint64_t weight(const struct libshare_library *lib)
{
	return lib->mapped + libshare_known(lib->cow_unique) + lib->saved;
}

static int by_weight(const void *a, const void *b)
{
	const struct libshare_library *x = *(const struct libshare_library *const *)a;
	const struct libshare_library *y = *(const struct libshare_library *const *)b;

	if (weight(x) != weight(y))
		return weight(x) < weight(y) ? 1 : -1;
	return (x->lib > y->lib) - (x->lib < y->lib);
}

static void print_library_labels(FILE *out, const struct libshare_library *lib)
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
	fputc('}', out);
}

static void print_libraries(FILE *out, const struct libshare_list *list, uint64_t max)
{
	size_t nr = list->nr < max ? list->nr : max, i, j;

	if (list->nr)
		qsort(list->row, list->nr, sizeof(*list->row), by_weight);
	for (i = 0; i < NR(library_metrics); i++) {
		const struct metric *metric = &library_metrics[i];

		print_head(out, metric->name, "gauge", metric->unit, metric->help);
		for (j = 0; j < nr; j++) {
			if (value_at(list->row[j], metric) == LIBSHARE_UNKNOWN)
				continue;
			fputs(metric->name, out);
			print_library_labels(out, list->row[j]);
			fprintf(out, " %" PRIu64 "\n", value_at(list->row[j], metric));
		}
	}
	print_head(out, "libshare_libraries_left_out", "gauge", "",
		   "Libraries without series of their own, because of their number.");
	fprintf(out, "libshare_libraries_left_out %zu\n", list->nr - nr);
}

/* A family of its own: one with and without labels would be summed up twice. */
static void print_skipped(FILE *out, const struct libshare_snapshot *snap)
{
	int i;

	print_head(out, "libshare_skipped_processes_by_reason", "gauge", "",
		   "Processes that the last scan did not count, by reason.");
	for (i = 0; i < LIBSHARE_SKIPPED_REASONS; i++)
		if (snap->skipped_by[i] != LIBSHARE_UNKNOWN)
			fprintf(out, "libshare_skipped_processes_by_reason{reason=\"%s\"} %" PRIu64
				"\n", libshare_skipped_reason(i), snap->skipped_by[i]);
}

static void print_cost(FILE *out, const struct libshare_snapshot *snap)
{
	const char *last = libshare_snapshot_fact(snap, "scan_ns");

	print_head(out, "libshare_skipped_processes", "gauge", "",
		   "Processes that the last scan could not look at.");
	fprintf(out, "libshare_skipped_processes %" PRIu64 "\n", snap->skipped);
	if (snap->skipped_by[LIBSHARE_SKIPPED_STUCK] != LIBSHARE_UNKNOWN)
		print_skipped(out, snap);
	if (!last)
		return;
	print_head(out, "libshare_scan_duration_seconds", "gauge", "seconds",
		   "How long the last scan took.");
	fprintf(out, "libshare_scan_duration_seconds %.9f\n", strtod(last, NULL) / 1e9);
}

/**
 * libshare_openmetrics_run() - Print metrics.
 * @options: The command line.
 *
 * Return: The exit status.
 */
int libshare_openmetrics_run(const struct libshare_options *options)
{
	const struct libshare_view *view = &libshare_tables[LIBSHARE_LIBRARIES];
	unsigned int needs = view->needs | libshare_filter_needs(&options->filter, view);
	struct libshare_source *source = libshare_batch_source(options);
	struct libshare_snapshot *snap;
	struct libshare_output output;
	struct libshare_list list;

	switch (libshare_source_next(source, needs, &snap)) {
	case -1:
		errx(LIBSHARE_TROUBLE, "%s", libshare_source_why(source));
	case 0:
		errx(LIBSHARE_TROUBLE, "there is no snapshot");
	}
	list = libshare_list_make(snap, view, &snap->table[LIBSHARE_LIBRARIES], &options->filter);
	libshare_output_open(&output, options->output, false);
	print_totals(output.out, snap);
	print_libraries(output.out, &list, options->max_series);
	print_cost(output.out, snap);
	fputs("# EOF\n", output.out);
	libshare_output_close(&output);
	free(list.row);
	libshare_snapshot_free(snap);
	libshare_source_close(source);
	return EXIT_SUCCESS;
}
