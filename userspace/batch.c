// SPDX-License-Identifier: GPL-2.0-only
/* Tables printed once, or every few seconds. */
#include <errno.h>
#include <time.h>
#include <unistd.h>

#include "alloc.h"
#include "audit.h"
#include "audit_view.h"
#include "batch.h"
#include "cmdline.h"
#include "duplicates.h"
#include "elffile.h"
#include "erosion.h"
#include "explain.h"
#include "flags.h"
#include "groups.h"
#include "members.h"
#include "output.h"
#include "sections.h"
#include "skipped.h"
#include "what_if.h"

/* Columns of sections, if an audit has counted distinct copies. */
#define WITH_DISTINCT "section,cause,cow,cow_unique,pages,relocs,size,note,path"

/**
 * libshare_batch_source() - Where snapshots come from.
 * @options: The command line.
 *
 * Return: The source, for libshare_source_close().
 */
struct libshare_source *libshare_batch_source(const struct libshare_options *options)
{
	return options->replay ? libshare_source_replay(options->replay) :
				 libshare_source_module(options->directory);
}

/* The only library that a filter leaves, for what costs time for each; or NULL. */
static const struct libshare_library *only_library(const struct libshare_snapshot *snap,
						   const struct libshare_filter *filter)
{
	char why[8];

	return filter->library.text ?
	       libshare_wanted_find(&filter->library, snap, why, sizeof(why)) : NULL;
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
struct libshare_rows libshare_view_rows(struct libshare_snapshot *snap,
					const struct libshare_view *view,
					const struct libshare_filter *filter, bool *made)
{
	*made = true;
	if (view == &libshare_sections_view)
		return libshare_sections_find(snap, only_library(snap, filter));
	if (view == &libshare_duplicates_view)
		return libshare_duplicates_find(snap);
	if (view == &libshare_groups_view)
		return libshare_groups_find(snap, filter);
	if (view == &libshare_what_if_view)
		return libshare_what_if_find(snap);
	if (view == &libshare_findings_view)
		return libshare_findings_find(snap, filter);
	*made = false;
	return snap->table[view - libshare_tables];
}

static void require_buildids(const struct libshare_snapshot *snap)
{
	if (libshare_snapshot_lacks(snap, LIBSHARE_LIBRARIES, "buildid"))
		errx(LIBSHARE_TROUBLE, "duplicates are found by build IDs, and this snapshot has no column buildid: load a newer libshare module");
}

static bool has_addresses(const struct libshare_columns *columns)
{
	size_t i;

	for (i = 0; i < columns->nr; i++)
		if (columns->at[i]->type == LIBSHARE_HEX)
			return true;
	return false;
}

/**
 * libshare_batch_explain() - Say if a filter left nothing, or end the program.
 * @options: The command line.
 * @view: What the rows are.
 * @snap: The snapshot.
 * @list: What was left.
 *
 * Return: The exit status.
 */
int libshare_batch_explain(const struct libshare_options *options,
			   const struct libshare_view *view, const struct libshare_snapshot *snap,
			   const struct libshare_list *list)
{
	char why[1024];
	int status = libshare_filter_problem(snap, view, &options->filter, list, why, sizeof(why));

	if (status == LIBSHARE_TROUBLE)
		errx(status, "%s", why);
	if (status)
		warnx("%s", why);
	return status;
}

static int print_snapshot(const struct libshare_options *options,
			  const struct libshare_columns *columns,
			  struct libshare_snapshot *snap, bool first)
{
	/* Findings are about what is asked for, whatever they name. */
	static const struct libshare_filter all = { .pid = LIBSHARE_UNKNOWN };
	const struct libshare_filter *filter = &all;
	struct libshare_printing how = options->how;
	struct libshare_output output;
	struct libshare_rows rows;
	struct libshare_list list;
	struct libshare_columns more;
	char *members;
	bool made;
	int status;

	if (options->view == &libshare_sections_view && !options->columns &&
	    snap->has & LIBSHARE_HAS(LIBSHARE_DISTINCT)) {
		libshare_columns_choose(options->view, WITH_DISTINCT, &more, NULL, 0);
		columns = &more;
	}
	if (options->view == &libshare_sections_view && !options->replay)
		libshare_elf_add(snap, only_library(snap, &options->filter));
	if (libshare_columns_have(columns, "cmdline") && !options->replay)
		libshare_cmdline_add(snap);
	if (options->view == &libshare_duplicates_view)
		require_buildids(snap);
	libshare_audit_prepare(options, snap);
	rows = libshare_view_rows(snap, options->view, &options->filter, &made);
	if (options->view != &libshare_findings_view)
		filter = &options->filter;
	list = libshare_list_make(snap, options->view, &rows, filter);
	if (options->view == &libshare_what_if_view)
		libshare_what_if_keep(&list, options->what_if);
	libshare_list_sort(&list, options->sort, options->reverse);
	if (options->view == &libshare_groups_view)
		libshare_groups_total_last(&list, &rows);
	status = libshare_batch_explain(options, options->view, snap, &list);

	libshare_output_open(&output, options->output, has_addresses(columns));
	how.out = output.out;
	members = libshare_audit_members(options, snap,
					 libshare_members_make(snap, options->replay));
	if (options->view == &libshare_duplicates_view)
		members = libshare_duplicates_members(snap, members);
	how.members = members;
	how.time_ns = snap->time_ns;
	/* Of several snapshots, programs get one head. */
	how.headings &= first || how.form == LIBSHARE_FORM_TABLE || options->output;
	libshare_skipped_say(&how, snap, NULL);
	if (how.form == LIBSHARE_FORM_TABLE && libshare_audit_is_needed(options))
		libshare_audit_say(snap, how.out);
	if (!options->explain || how.form != LIBSHARE_FORM_TABLE)
		libshare_print(&how, options->view, columns, &list);
	else if (!status)
		libshare_findings_say(&list, how.out);
	if (options->view == &libshare_sections_view && how.form == LIBSHARE_FORM_TABLE)
		libshare_sections_advise(snap, &list, how.out);
	if (options->view == &libshare_duplicates_view && how.form == LIBSHARE_FORM_TABLE)
		libshare_duplicates_say(snap, how.out);
	if (options->view == &libshare_what_if_view && how.form == LIBSHARE_FORM_TABLE)
		libshare_what_if_sum(&list, how.out);
	libshare_output_close(&output);
	free(members);
	free(list.row);
	if (made)
		free(rows.at);
	return status;
}

/**
 * libshare_batch_run() - Print what the command line asks for.
 * @options: The command line.
 *
 * Return: The exit status.
 */
int libshare_batch_run(const struct libshare_options *options)
{
	unsigned int needs = options->view->needs |
			     libshare_filter_needs(&options->filter, options->view);
	struct libshare_source *source;
	uint64_t left = options->iterations, done;
	struct libshare_columns columns;
	struct libshare_snapshot *snap;
	int got = 1, status = EXIT_SUCCESS, this;
	char why[256];

	if (options->view == &libshare_erosion_view)
		return libshare_erosion_run(options);
	source = libshare_batch_source(options);
	if (!libshare_columns_choose(options->view, options->columns, &columns, why, sizeof(why)))
		errx(LIBSHARE_TROUBLE, "%s", why);
	/* Totals that agree with the table; a recording has what it has. */
	if (options->how.form == LIBSHARE_FORM_JSON && !options->replay)
		needs |= LIBSHARE_HAS(LIBSHARE_LIBRARIES);
	needs |= libshare_flags_needs(options->view, &columns);
	if (!left)
		left = options->replay || isatty(STDOUT_FILENO) ? UINT64_MAX : 1;
	for (done = 0; done < left; done++) {
		if (done && !options->replay)
			usleep(options->delay_ms * 1000);
		got = libshare_source_next(source, needs, &snap);
		if (got <= 0)
			break;
		if (done && options->how.form == LIBSHARE_FORM_TABLE && !options->output)
			puts("");
		this = print_snapshot(options, &columns, snap, !done);
		status = done && !status ? EXIT_SUCCESS : this;
		libshare_snapshot_free(snap);
	}
	if (got < 0)
		errx(LIBSHARE_TROUBLE, "%s", libshare_source_why(source));
	libshare_source_close(source);
	return status;
}
