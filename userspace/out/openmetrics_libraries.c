// SPDX-License-Identifier: GPL-2.0-only
/*
 * Metrics of single libraries. Their number is bounded: the libraries that matter most
 * have series of their own.
 *
 * A value is labelled with the path only, so that its series goes on when the file is
 * replaced by an upgrade. What identifies the file is in one more series, which queries
 * join by path.
 */
#include <inttypes.h>

#include "data/alloc.h"
#include "data/order.h"
#include "out/metric.h"
#include "out/openmetrics.h"

#define INFO "libshare_library_info"

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

/* A library, and which of those with its path it is, from 1. */
struct named {
	const struct library *lib;
	uint64_t nth;
};

/* What the library takes, and what that is worth: both make it worth a series. */
static uint64_t weight(const struct library *lib)
{
	return lib->mapped + known(lib->cow_unique) + lib->saved;
}

static int by_weight(const void *a, const void *b)
{
	const struct library *x = ((const struct named *)a)->lib;
	const struct library *y = ((const struct named *)b)->lib;

	return order(weight(y), weight(x)) ?: order(x->lib, y->lib);
}

static bool is_deleted(const struct library *lib)
{
	return strchr(lib->flags, 'd');
}

/*
 * Of the files with one path, the one that was not deleted comes first: after an upgrade,
 * the new file goes on with the series of the path. What follows keeps the order from
 * scan to scan, as far as anything does: snapshots of one btrfs differ in nothing but
 * the number of the library.
 */
static int by_identity(const void *a, const void *b)
{
	const struct library *x = ((const struct named *)a)->lib;
	const struct library *y = ((const struct named *)b)->lib;
	int way = strcmp(x->path, y->path);

	way = way ?: is_deleted(x) - is_deleted(y);
	way = way ?: strcmp(x->dev, y->dev);
	way = way ?: order(x->ino, y->ino);
	way = way ?: strcmp(x->buildid, y->buildid);
	return way ?: order(x->lib, y->lib);
}

/* All are numbered, so that no number depends on which get series of their own. */
static struct named *number_paths(const struct list *list)
{
	struct named *named = xcalloc(list->nr, sizeof(*named));
	size_t i;

	for (i = 0; i < list->nr; i++)
		named[i].lib = list->row[i];
	if (list->nr)
		qsort(named, list->nr, sizeof(*named), by_identity);
	for (i = 0; i < list->nr; i++)
		named[i].nth = i && !strcmp(named[i - 1].lib->path, named[i].lib->path) ?
			       named[i - 1].nth + 1 : 1;
	return named;
}

static void print_name(FILE *out, const char *metric, const struct named *named)
{
	fputs(metric, out);
	metric_label(out, "{path", named->lib->path);
	if (named->nth > 1)
		fprintf(out, ",nth=\"%" PRIu64 "\"", named->nth);
}

static void print_info(FILE *out, const struct named *named)
{
	const struct library *lib = named->lib;

	print_name(out, INFO, named);
	metric_label(out, ",dev", lib->dev);
	fprintf(out, ",ino=\"%" PRIu64 "\"", lib->ino);
	/* The same library has the same build ID on all hosts of a fleet. */
	if (strcmp(lib->buildid, "-"))
		metric_label(out, ",buildid", lib->buildid);
	fputs("} 1\n", out);
}

static void print_values(FILE *out, const struct metric *metric, const struct named *named,
			 size_t nr)
{
	size_t i;

	metric_head(out, metric->name, metric->unit, metric->help);
	for (i = 0; i < nr; i++) {
		uint64_t value = metric_at(named[i].lib, metric);

		if (value == UNKNOWN)
			continue;
		print_name(out, metric->name, &named[i]);
		fprintf(out, "} %" PRIu64 "\n", value);
	}
}

/**
 * openmetrics_libraries() - Write metrics of single libraries.
 * @out: Where to.
 * @list: Rows of struct library.
 * @max: How many get series of their own.
 */
void openmetrics_libraries(FILE *out, const struct list *list, uint64_t max)
{
	struct named *named = number_paths(list);
	size_t nr = list->nr < max ? list->nr : max, i;

	if (list->nr)
		qsort(named, list->nr, sizeof(*named), by_weight);
	metric_head(out, INFO, "", "Which file the path is: always 1.");
	for (i = 0; i < nr; i++)
		print_info(out, &named[i]);
	for (i = 0; i < NR(library_metrics); i++)
		print_values(out, &library_metrics[i], named, nr);
	metric_head(out, "libshare_libraries_left_out", "",
		    "Libraries without series of their own, because of their number.");
	fprintf(out, "libshare_libraries_left_out %zu\n", list->nr - nr);
	free(named);
}
