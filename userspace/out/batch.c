// SPDX-License-Identifier: GPL-2.0-only
/* Tables printed once, or every few seconds. */
#include <errno.h>
#include <time.h>
#include <unistd.h>

#include "data/alloc.h"
#include "data/cmdline.h"
#include "data/elffile.h"
#include "data/flags.h"
#include "data/names.h"
#include "data/origin.h"
#include "data/proc/heap.h"
#include "data/skipped.h"
#include "out/audit_view.h"
#include "out/batch.h"
#include "out/erosion.h"
#include "out/output.h"
#include "out/say.h"
#include "views/audit.h"
#include "views/duplicates.h"
#include "views/explain.h"
#include "views/groups.h"
#include "views/members.h"
#include "views/restricted.h"
#include "views/sections.h"
#include "views/what_if.h"

/* Columns of sections, if an audit has counted distinct copies. */
#define WITH_DISTINCT "section,cause,cow,cow_unique,pages,relocs,size,note,path"

/**
 * batch_source() - Where snapshots come from.
 * @options: The command line.
 *
 * Return: The source, for source_close().
 */
struct source *batch_source(const struct options *options)
{
	struct source *source;

	if (options->replay)
		return source_replay(options->replay);
	switch (options->source) {
	case SOURCE_MODULE:
		source = source_module(options->directory);
		break;
	case SOURCE_PROC:
		source = source_proc(options->read_files);
		break;
	default:
		source = source_auto(options->directory, options->read_files);
	}
	source_want_names(source, filter_names(&options->filter));
	return source;
}

/* The only library that a filter leaves, for what costs time for each; or NULL. */
static const struct library *only_library(const struct snapshot *snap,
					  const struct filter *filter)
{
	char why[8];

	return filter->library.text ?
	       wanted_find(&filter->library, snap, why, sizeof(why)) : NULL;
}

/**
 * view_rows() - All rows of a view.
 * @snap: The snapshot.
 * @view: The view.
 * @filter: What is asked for; more rows than that may be returned.
 * @made: Set to whether the rows' @at is for free().
 *
 * Return: The rows.
 */
struct rows view_rows(struct snapshot *snap,
		      const struct view *view,
		      const struct filter *filter, bool *made)
{
	const struct view *of;
	enum by by;

	*made = true;
	if (view == &sections_view)
		return sections_find(snap, only_library(snap, filter));
	if (view == &duplicates_view) {
		struct rows rows = duplicates_find(snap);

		duplicates_name(snap, &rows);
		return rows;
	}
	if (groups_have(view, &by, &of))
		return groups_find(snap, view, filter);
	if (view == &tables[LIBRARIES] && filter->cgroup)
		return restricted_find(snap, filter);
	if (view == &what_if_view)
		return what_if_find(snap);
	if (view == &findings_view)
		return findings_find(snap, filter);
	*made = false;
	return snap->table[view - tables];
}

/* Names that a view shows. */
static unsigned int view_names(const struct view *view)
{
	const struct view *of;
	enum by by;

	if (view == &duplicates_view)
		return by_names(BY_CONTAINER);
	return groups_have(view, &by, &of) ? by_names(by) : 0;
}

static bool is_heap(const struct view *view)
{
	const struct view *of;
	enum by by;

	return view == &tables[HEAPS] || (groups_have(view, &by, &of) && of == &tables[HEAPS]);
}

static void require_buildids(const struct snapshot *snap)
{
	if (snapshot_lacks(snap, LIBRARIES, "buildid"))
		errx(TROUBLE, "duplicates are found by build IDs, and this snapshot has no column buildid: %s",
		     snap->source ? "use --read-files, or load the libshare module" :
				    "load a newer libshare module");
}

static bool has_addresses(const struct columns *columns)
{
	size_t i;

	for (i = 0; i < columns->nr; i++)
		if (columns->at[i]->type == HEX)
			return true;
	return false;
}

/**
 * batch_explain() - Say if a filter left nothing, or end the program.
 * @options: The command line.
 * @view: What the rows are.
 * @snap: The snapshot.
 * @list: What was left.
 *
 * Return: The exit status.
 */
int batch_explain(const struct options *options,
		  const struct view *view, const struct snapshot *snap,
		  const struct list *list)
{
	char why[1024];
	int status = filter_problem(snap, view, &options->filter, list, why, sizeof(why));

	if (status == TROUBLE)
		errx(status, "%s", why);
	if (status)
		warnx("%s", why);
	return status;
}

/* Whether rows are about files that are one library, as build IDs tell. */
static bool tells_duplicates(const struct options *options, const struct snapshot *snap)
{
	if (snapshot_lacks(snap, LIBRARIES, "buildid"))
		return false;
	if (options->view == &what_if_view)
		return !options->what_if || !strcmp(options->what_if, "dedup");
	return options->view == &duplicates_view || options->view == &findings_view;
}

static int print_snapshot(const struct options *options,
			  const struct columns *columns,
			  struct snapshot *snap, bool first)
{
	/* Findings are about what is asked for, whatever they name. */
	static const struct filter all = { 0 };
	const struct filter *filter = &all;
	struct printing how = options->how;
	struct output output;
	struct rows rows;
	struct list list;
	struct columns more;
	char *members;
	bool made;
	int status;

	if (options->view == &sections_view && !options->columns &&
	    snap->has & HAS(DISTINCT)) {
		columns_choose(options->view, WITH_DISTINCT, options->how.form, &more, NULL, 0);
		columns = &more;
	}
	if (options->view == &sections_view && !options->replay)
		elf_add(snap, only_library(snap, &options->filter));
	if (columns_have(columns, "cmdline") && !options->replay)
		cmdline_add(snap);
	if (options->view == &duplicates_view)
		require_buildids(snap);
	if (!options->replay)
		names_add(snap, view_names(options->view));
	if (is_heap(options->view))
		proc_heap_add(snap);
	audit_prepare(options, snap);
	rows = view_rows(snap, options->view, &options->filter, &made);
	if (options->view != &findings_view)
		filter = &options->filter;
	list = list_make(snap, options->view, &rows, filter);
	if (options->view == &what_if_view)
		what_if_keep(&list, options->what_if);
	list_sort(&list, options->sort, options->reverse);
	if (options->by)
		groups_total_last(&list, &rows);
	status = batch_explain(options, options->view, snap, &list);

	output_open(&output, options->output, has_addresses(columns));
	how.out = output.out;
	members = audit_members(options, snap, members_make(snap, options->replay));
	if (tells_duplicates(options, snap))
		members = duplicates_members(snap, members);
	how.members = members;
	how.time_ns = snap->time_ns;
	/* Of several snapshots, programs get one head. */
	how.headings &= first || how.form == FORM_TABLE || options->output;
	if (!options->replay || snap->source)
		origin_say(&how, snap);
	skipped_say(&how, snap, NULL);
	if (how.form == FORM_TABLE && how.headings)
		restricted_say(options->view, &options->filter, how.out);
	if (how.form == FORM_TABLE && audit_is_needed(options))
		audit_say(snap, how.out);
	if (!options->explain || how.form != FORM_TABLE)
		print(&how, options->view, columns, &list);
	else if (!status)
		findings_say(&list, how.out);
	if (options->view == &sections_view && how.form == FORM_TABLE)
		sections_advise(snap, &list, how.out);
	if (options->view == &what_if_view && how.form == FORM_TABLE)
		what_if_sum(&list, how.out);
	if (tells_duplicates(options, snap) && how.form == FORM_TABLE)
		duplicates_say(snap, options->view == &duplicates_view ? &list : NULL, how.out);
	output_close(&output);
	free(members);
	free(list.row);
	if (made)
		free(rows.at);
	return status;
}

/**
 * batch_run() - Print what the command line asks for.
 * @options: The command line.
 *
 * Return: The exit status.
 */
int batch_run(const struct options *options)
{
	unsigned int needs = options->view->needs |
			     filter_needs(&options->filter, options->view);
	struct source *source;
	uint64_t left = options->iterations, done;
	struct columns columns;
	struct snapshot *snap;
	int got = 1, status = EXIT_SUCCESS, this;
	char why[256];

	if (options->view == &erosion_view)
		return erosion_run(options);
	source = batch_source(options);
	if (!columns_choose(options->view, options->columns, options->how.form,
			    &columns, why, sizeof(why)))
		errx(TROUBLE, "%s", why);
	/* Totals that agree with the table; a recording has what it has. */
	if (options->how.form == FORM_JSON && !options->replay)
		needs |= HAS(LIBRARIES);
	/* In which containers; a recording has what it has. */
	if (options->view == &duplicates_view && !options->replay)
		needs |= HAS(PROCESSES) | HAS(MAPPINGS);
	needs |= flags_needs(options->view, &columns);
	if (!left)
		left = options->replay || isatty(STDOUT_FILENO) ? UINT64_MAX : 1;
	for (done = 0; done < left; done++) {
		if (done && !options->replay)
			usleep(options->delay_ms * 1000);
		got = source_next(source, needs, &snap);
		if (got <= 0)
			break;
		if (done && options->how.form == FORM_TABLE && !options->output)
			puts("");
		this = print_snapshot(options, &columns, snap, !done);
		status = done && !status ? EXIT_SUCCESS : this;
		snapshot_free(snap);
	}
	if (got < 0)
		errx(TROUBLE, "%s", source_why(source));
	source_close(source);
	return status;
}
