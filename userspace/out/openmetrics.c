// SPDX-License-Identifier: GPL-2.0-only
/*
 * Metrics in the OpenMetrics text format, which node_exporter's textfile
 * collector and Prometheus read. How many series there are is bounded: each
 * library is one, of each of a few metrics, and the rest is summed up in totals.
 *
 * However a scan fails, the file says so: old numbers that stay would look like new ones.
 */
#include <errno.h>
#include <inttypes.h>
#include <unistd.h>

#include "data/alloc.h"
#include "data/names.h"
#include "data/skipped.h"
#include "out/batch.h"
#include "out/metric.h"
#include "out/openmetrics.h"
#include "out/output.h"
#include "views/groups.h"
#include "views/members.h"
#include "views/totals.h"

#define SECOND_NS 1000000000

/* Whose metrics are not written yet; NULL: of no run. */
static const struct options *unwritten;

static void print_up(FILE *out, const struct snapshot *snap)
{
	metric_head(out, "libshare_up", "", "Whether the last scan worked: 1 if so, 0 if not.");
	fprintf(out, "libshare_up %d\n", !!snap);
	metric_head(out, "libshare_build_info", "",
		    "The version of libshare-top, and what it counts with: always 1.");
	metric_label(out, "libshare_build_info{version", LIBSHARE_VERSION);
	if (snap)
		metric_label(out, ",source", snap->source ?: "module");
	fputs("} 1\n", out);
	if (!snap || snap->time_ns == UNKNOWN)
		return;
	metric_head(out, "libshare_scan_timestamp_seconds", "seconds",
		    "When the last scan began, in seconds since 1970.");
	fprintf(out, "libshare_scan_timestamp_seconds %" PRIu64 ".%09" PRIu64 "\n",
		snap->time_ns / SECOND_NS, snap->time_ns % SECOND_NS);
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
		metric_head(out, name, bytes ? "bytes" : "", total->help);
		fprintf(out, "%s %" PRIu64 "\n", name, value);
	}
}

/* A family of its own: one with and without labels would be summed up twice. */
static void print_skipped(FILE *out, const struct snapshot *snap)
{
	int i;

	metric_head(out, "libshare_skipped_processes_by_reason", "",
		    "Processes that the last scan did not count, by reason.");
	for (i = 0; i < SKIPPED_REASONS; i++)
		if (snap->skipped_by[i] != UNKNOWN)
			fprintf(out, "libshare_skipped_processes_by_reason{reason=\"%s\"} %" PRIu64
				"\n", skipped_reason(i), snap->skipped_by[i]);
}

static void print_cost(FILE *out, const struct snapshot *snap)
{
	const char *last = snapshot_fact(snap, "scan_ns");

	metric_head(out, "libshare_skipped_processes", "",
		    "Processes that the last scan could not look at.");
	fprintf(out, "libshare_skipped_processes %" PRIu64 "\n", snap->skipped);
	if (snap->skipped_by[SKIPPED_STUCK] != UNKNOWN)
		print_skipped(out, snap);
	if (!last)
		return;
	metric_head(out, "libshare_scan_duration_seconds", "seconds",
		    "How long the last scan took.");
	fprintf(out, "libshare_scan_duration_seconds %.9f\n", strtod(last, NULL) / 1e9);
}

/* Begin to write, or say what is wrong with the folder. */
static void open_output(struct output *output, const char *name)
{
	if (output_try(output, name, false))
		return;
	if (errno == ENOENT)
		errx(TROUBLE, "cannot write %s: %s: make its folder, or name the folder that node_exporter reads (in the service, LIBSHARE_TEXTFILE_DIR)",
		     name, strerror(errno));
	if (errno == EROFS)
		errx(TROUBLE, "cannot write %s: %s: in the service, ReadWritePaths= must name its folder",
		     name, strerror(errno));
	err(TROUBLE, "cannot write %s", name);
}

static void print_down(FILE *out)
{
	print_up(out, NULL);
	fputs("# EOF\n", out);
}

/* What ended the program has been said; a second message would add nothing. */
static void at_exit(void)
{
	struct output output;

	if (!unwritten || !output_try(&output, unwritten->output, false))
		return;
	print_down(output.out);
	output_keep(&output);
}

static bool has_cgroups(const struct options *options)
{
	char *path = xasprintf("%s/%s", options->directory, tables[CGROUPS].name);
	bool has = !access(path, F_OK);

	free(path);
	return has;
}

/*
 * Groups: in a scan of their own. That of control groups alone, and of libraries, costs two
 * thirds of a snapshot, which has both. NULL where no groups were asked for, and control
 * groups are not known: an older module has none.
 */
static struct snapshot *scan_groups(const struct options *options, struct source *source,
				    struct snapshot *snap, enum by by)
{
	unsigned int needs = groups_of(by, &tables[LIBRARIES])->needs;
	struct snapshot *groups;

	if (options->replay)
		return options->by || snap->has & HAS(CGROUPS) ? snap : NULL;
	if (by_is_path(by) && !source_is_proc(source) && has_cgroups(options))
		needs = HAS(CGROUPS);
	else if (!options->by)
		return NULL;
	if (source_next(source, needs, &groups) <= 0)
		errx(TROUBLE, "%s", source_why(source));
	names_add(groups, by_names(by));
	return groups;
}

static void write_metrics(const struct options *options, const struct snapshot *snap,
			  const struct list *list, struct snapshot *groups, enum by by)
{
	struct output output;

	open_output(&output, options->output);
	print_up(output.out, snap);
	print_totals(output.out, snap);
	openmetrics_libraries(output.out, list, options->max_series);
	if (groups)
		openmetrics_groups(output.out, groups, by, &options->filter, options->max_series);
	print_cost(output.out, snap);
	fputs("# EOF\n", output.out);
	output_close(&output);
}

/* For services: a reader that was killed could not write this itself. */
static int write_down(const struct options *options)
{
	struct output output;

	open_output(&output, options->output);
	print_down(output.out);
	output_close(&output);
	return EXIT_SUCCESS;
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
	struct source *source;
	struct snapshot *snap, *groups;
	enum by by = BY_CONTAINER;
	struct list list;
	int status;

	if (options->by && by_find(options->by, &by) && options->replay)
		needs |= options->view->needs;
	if (options->down)
		return write_down(options);
	unwritten = options;
	atexit(at_exit);
	source = batch_source(options);
	switch (source_next(source, needs, &snap)) {
	case -1:
		errx(TROUBLE, "%s", source_why(source));
	case 0:
		errx(TROUBLE, "%s holds no snapshot: make one with --record",
		     options->replay ?: options->directory);
	}
	list = list_make(snap, view, &snap->table[LIBRARIES], &options->filter);
	status = batch_explain(options, view, snap, &list);
	groups = scan_groups(options, source, snap, by);
	write_metrics(options, snap, &list, groups, by);
	unwritten = NULL;
	free(list.row);
	if (groups != snap)
		snapshot_free(groups);
	snapshot_free(snap);
	source_close(source);
	return status;
}
