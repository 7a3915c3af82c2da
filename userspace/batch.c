// SPDX-License-Identifier: GPL-2.0-only
/* Tables printed once, or every few seconds. */
#include <errno.h>
#include <time.h>
#include <unistd.h>

#include "alloc.h"
#include "batch.h"
#include "duplicates.h"
#include "elffile.h"
#include "origin.h"
#include "output.h"
#include "sections.h"
#include "skipped.h"

/**
 * libshare_batch_source() - Where snapshots come from.
 * @options: The command line.
 *
 * Return: The source, for libshare_source_close().
 */
struct libshare_source *libshare_batch_source(const struct libshare_options *options)
{
	if (options->replay)
		return libshare_source_replay(options->replay);
	switch (options->source) {
	case LIBSHARE_SOURCE_MODULE:
		return libshare_source_module(options->directory);
	case LIBSHARE_SOURCE_PROC:
		return libshare_source_proc(options->read_files);
	default:
		return libshare_source_auto(options->directory, options->read_files);
	}
}

/* The only library that a filter leaves, for what costs time for each; or NULL. */
static const struct libshare_library *only_library(const struct libshare_snapshot *snap,
						   const struct libshare_filter *filter)
{
	const struct libshare_library *lib;

	libshare_for_each(lib, snap, LIBSHARE_LIBRARIES)
		if (filter->library && !strcmp(lib->path, filter->library))
			return lib;
	return NULL;
}

/**
 * libshare_view_rows() - All rows of a view.
 * @snap: The snapshot.
 * @view: The view.
 * @filter: What is asked for; more rows than that may be returned.
 * @made: Set to whether the rows' @at is for free().
 *
 * Return: The rows.
 */
struct libshare_rows libshare_view_rows(const struct libshare_snapshot *snap,
					const struct libshare_view *view,
					const struct libshare_filter *filter, bool *made)
{
	*made = true;
	if (view == &libshare_sections_view)
		return libshare_sections_find(snap, only_library(snap, filter));
	if (view == &libshare_duplicates_view)
		return libshare_duplicates_find(snap);
	*made = false;
	return snap->table[view - libshare_tables];
}

static void require_buildids(const struct libshare_snapshot *snap)
{
	if (libshare_snapshot_lacks(snap, LIBSHARE_LIBRARIES, "buildid"))
		errx(LIBSHARE_TROUBLE, "duplicates are found by build IDs, and this snapshot has no column buildid: %s",
		     snap->source ? "use --read-files, or load the libshare module" :
				    "load a newer libshare module");
}

static bool has_addresses(const struct libshare_columns *columns)
{
	size_t i;

	for (i = 0; i < columns->nr; i++)
		if (columns->at[i]->type == LIBSHARE_HEX)
			return true;
	return false;
}

/* What JSON has beside the rows. */
static char *members_of(const struct libshare_snapshot *snap)
{
	char *origin = libshare_origin_member(snap);
	char *skipped = libshare_skipped_member(snap, "skipped");
	char *both = xasprintf("%s%s", origin, skipped);

	free(origin);
	free(skipped);
	return both;
}

static void print_snapshot(const struct libshare_options *options,
			   const struct libshare_columns *columns,
			   struct libshare_snapshot *snap)
{
	struct libshare_printing how = options->how;
	struct libshare_output output;
	struct libshare_rows rows;
	struct libshare_list list;
	char *members;
	bool made;

	if (options->view == &libshare_sections_view && !options->replay)
		libshare_elf_add(snap, only_library(snap, &options->filter));
	if (options->view == &libshare_duplicates_view)
		require_buildids(snap);
	rows = libshare_view_rows(snap, options->view, &options->filter, &made);
	list = libshare_list_make(snap, options->view, &rows, &options->filter);
	libshare_list_sort(&list, options->sort, options->reverse);

	libshare_output_open(&output, options->output, has_addresses(columns));
	how.out = output.out;
	members = members_of(snap);
	how.members = members;
	if (!options->replay || snap->source)
		libshare_origin_say(&how, snap);
	libshare_skipped_say(&how, snap, NULL);
	libshare_print(&how, options->view, columns, &list);
	if (options->view == &libshare_sections_view && how.form == LIBSHARE_FORM_TABLE)
		libshare_sections_advise(&list, how.out);
	libshare_output_close(&output);
	free(members);
	free(list.row);
	if (made)
		free(rows.at);
}

/**
 * libshare_batch_run() - Print what the command line asks for.
 * @options: The command line.
 *
 * Return: The exit status.
 */
int libshare_batch_run(const struct libshare_options *options)
{
	struct libshare_source *source = libshare_batch_source(options);
	unsigned int needs = options->view->needs |
			     libshare_filter_needs(&options->filter, options->view);
	uint64_t left = options->iterations, done;
	struct libshare_columns columns;
	struct libshare_snapshot *snap;
	char why[256];
	int got = 1;

	if (!libshare_columns_choose(options->view, options->columns, &columns, why, sizeof(why)))
		errx(LIBSHARE_TROUBLE, "%s", why);
	if (!left)
		left = options->replay || isatty(STDOUT_FILENO) ? UINT64_MAX : 1;
	for (done = 0; done < left; done++) {
		if (done && !options->replay)
			usleep(options->delay_ms * 1000);
		got = libshare_source_next(source, needs, &snap);
		if (got <= 0)
			break;
		if (done && options->how.form == LIBSHARE_FORM_TABLE)
			puts("");
		print_snapshot(options, &columns, snap);
		libshare_snapshot_free(snap);
	}
	if (got < 0)
		errx(LIBSHARE_TROUBLE, "%s", libshare_source_why(source));
	libshare_source_close(source);
	return EXIT_SUCCESS;
}
