// SPDX-License-Identifier: GPL-2.0-only
/* The command line. */
#include <getopt.h>
#include <unistd.h>

#include "applies.h"
#include "arguments.h"
#include "data/alloc.h"
#include "data/cgroup.h"
#include "data/source.h"
#include "data/text.h"
#include "options.h"
#include "out/audit_view.h"
#include "out/views.h"
#include "usage.h"
#include "views/explain.h"
#include "views/groups.h"
#include "views/members.h"
#include "views/what_if.h"

enum {
	OPT_BY = 256, OPT_BYTES, OPT_CSV, OPT_DIFF, OPT_DIRECTORY, OPT_DOWN, OPT_EXPLAIN,
	OPT_HTML, OPT_LINKING, OPT_LINK_MAP, OPT_LIST_COLUMNS, OPT_MAP, OPT_MAX_SERIES,
	OPT_MEMORY_MAX, OPT_MIN, OPT_NOHEADINGS, OPT_OPENMETRICS, OPT_OUTPUT, OPT_PICTURE,
	OPT_READ_FILES, OPT_REVERSE, OPT_SINCE, OPT_SOURCE, OPT_VERIFY, OPT_WHAT_IF,
};

static const struct option long_options[] = {
	{ "batch", no_argument, NULL, 'b' },
	{ "by", required_argument, NULL, OPT_BY },
	{ "bytes", no_argument, NULL, OPT_BYTES },
	{ "cgroup", required_argument, NULL, 'g' },
	{ "columns", required_argument, NULL, 'o' },
	{ "csv", no_argument, NULL, OPT_CSV },
	{ "delay", required_argument, NULL, 'd' },
	{ "diff", no_argument, NULL, OPT_DIFF },
	{ "directory", required_argument, NULL, OPT_DIRECTORY },
	{ "down", no_argument, NULL, OPT_DOWN },
	{ "explain", no_argument, NULL, OPT_EXPLAIN },
	{ "filter", required_argument, NULL, 'f' },
	{ "help", no_argument, NULL, 'h' },
	{ "html", required_argument, NULL, OPT_HTML },
	{ "iterations", required_argument, NULL, 'n' },
	{ "json", no_argument, NULL, 'J' },
	{ "library", required_argument, NULL, 'l' },
	{ "linking", required_argument, NULL, OPT_LINKING },
	{ "link-map", required_argument, NULL, OPT_LINK_MAP },
	{ "list-columns", no_argument, NULL, OPT_LIST_COLUMNS },
	{ "map", required_argument, NULL, OPT_MAP },
	{ "max-series", required_argument, NULL, OPT_MAX_SERIES },
	{ "memory-max", required_argument, NULL, OPT_MEMORY_MAX },
	{ "min", required_argument, NULL, OPT_MIN },
	{ "noheadings", no_argument, NULL, OPT_NOHEADINGS },
	{ "openmetrics", no_argument, NULL, OPT_OPENMETRICS },
	{ "output", required_argument, NULL, OPT_OUTPUT },
	{ "picture", required_argument, NULL, OPT_PICTURE },
	{ "pid", required_argument, NULL, 'p' },
	{ "raw", no_argument, NULL, 'r' },
	{ "read-files", no_argument, NULL, OPT_READ_FILES },
	{ "record", required_argument, NULL, 'w' },
	{ "replay", required_argument, NULL, 'i' },
	{ "reverse", no_argument, NULL, OPT_REVERSE },
	{ "since", required_argument, NULL, OPT_SINCE },
	{ "sort", required_argument, NULL, 'x' },
	{ "source", required_argument, NULL, OPT_SOURCE },
	{ "user", required_argument, NULL, 'u' },
	{ "verify", no_argument, NULL, OPT_VERIFY },
	{ "version", no_argument, NULL, 'V' },
	{ "view", required_argument, NULL, 'v' },
	{ "what-if", required_argument, NULL, OPT_WHAT_IF },
	{ 0 }
};

static const char *name_of(int c)
{
	const struct option *option = long_options;

	while (option->val != c)
		option++;
	return option->name;
}

static const struct view *view_of(const char *name)
{
	const struct view *view = view_find(name);

	if (!view)
		errx(TROUBLE, "unknown view '%s' (see --help)", name);
	return view;
}

/* Rows of a view, put together. */
static const struct view *grouped_view(const struct options *options)
{
	const struct view *view;
	enum by by;

	if (!by_find(options->by, &by))
		errx(TROUBLE, "invalid group '%s' for --by: use cgroup, container, service, user, program or package",
		     options->by);
	view = groups_of(by, options->view);
	if (!view)
		errx(TROUBLE, "--by %s groups libraries%s or mappings, not %s", options->by,
		     by == BY_PACKAGE ? "" : ", processes, heap", options->view->name);
	return view;
}

static void set_mode(struct options *options, enum mode mode, const char *target)
{
	if (options->mode > MODE_BATCH && options->mode != mode)
		errx(TROUBLE, "--record, --diff, --openmetrics, --picture, --map, --linking, --html, --verify and --list-columns exclude each other");
	options->mode = mode;
	options->target = target;
}

static void set_form(struct options *options, enum form form)
{
	if (options->how.form != FORM_TABLE && options->how.form != form)
		errx(TROUBLE, "--json, --csv and --raw exclude each other");
	options->how.form = form;
}

static void want_batch(struct options *options)
{
	if (options->mode == MODE_LIVE)
		options->mode = MODE_BATCH;
}

/* End the program, if what it printed has been written. */
static void __attribute__((__noreturn__)) end_printed(void)
{
	if (fflush(stdout) || ferror(stdout))
		err(TROUBLE, "cannot write standard output");
	exit(EXIT_SUCCESS);
}

static void take_option(struct options *options, int c, const char **sort,
			const char **library)
{
	switch (c) {
	case 'b':
		want_batch(options);
		break;
	case 'd':
		options->delay_ms = argument_delay(optarg);
		break;
	case 'n':
		options->iterations = argument_number("--iterations", optarg);
		if (!options->iterations)
			errx(TROUBLE, "invalid number '0' for --iterations (at least 1)");
		break;
	case 'o':
		options->columns = optarg;
		break;
	case 'x':
		*sort = optarg;
		break;
	case 'J':
		set_form(options, FORM_JSON);
		want_batch(options);
		break;
	case OPT_CSV:
		set_form(options, FORM_CSV);
		want_batch(options);
		break;
	case 'r':
		set_form(options, FORM_RAW);
		options->how.bytes = true;
		want_batch(options);
		break;
	case OPT_BYTES:
		options->how.bytes = true;
		break;
	case OPT_NOHEADINGS:
		options->how.headings = false;
		break;
	case OPT_OUTPUT:
		options->output = optarg;
		want_batch(options);
		break;
	case OPT_BY:
		options->by = optarg;
		break;
	case 'v':
		options->view = view_of(optarg);
		break;
	case OPT_EXPLAIN:
		options->view = &findings_view;
		options->explain = true;
		want_batch(options);
		break;
	case OPT_WHAT_IF:
		if (!what_if_is_change(optarg))
			errx(TROUBLE, "unknown change '%s' for --what-if: give zygote, ksm, one-address or dedup",
			     optarg);
		options->view = &what_if_view;
		options->what_if = optarg;
		want_batch(options);
		break;
	case OPT_SINCE:
		options->since = optarg;
		want_batch(options);
		break;
	case 'l':
		*library = optarg;
		break;
	case 'p':
		free((void *)options->filter.pid);
		options->filter.pid = argument_pids(optarg, &options->filter.pids);
		break;
	case 'g':
		options->filter.cgroup = optarg;
		break;
	case 'u':
		options->filter.uid = argument_user(optarg);
		break;
	case 'f':
		options->filter.glob = optarg;
		break;
	case OPT_REVERSE:
		options->reverse = true;
		break;
	case 'w':
		set_mode(options, MODE_RECORD, optarg);
		break;
	case 'i':
		options->replay = optarg;
		break;
	case OPT_DIFF:
		set_mode(options, MODE_DIFF, NULL);
		break;
	case OPT_OPENMETRICS:
		set_mode(options, MODE_OPENMETRICS, NULL);
		break;
	case OPT_DOWN:
		options->down = true;
		want_batch(options);
		break;
	case OPT_MAX_SERIES:
		options->max_series = argument_number("--max-series", optarg);
		break;
	case OPT_MEMORY_MAX:
		memory_max = argument_memory(optarg);
		break;
	case OPT_MIN:
		options->min = argument_size("--min", optarg);
		break;
	case OPT_PICTURE:
		set_mode(options, MODE_PICTURE, optarg);
		break;
	case OPT_MAP:
		set_mode(options, MODE_MAP, optarg);
		break;
	case OPT_LINKING:
		set_mode(options, MODE_LINKING, optarg);
		break;
	case OPT_LINK_MAP:
		options->link_map = optarg;
		break;
	case OPT_HTML:
		set_mode(options, MODE_HTML, optarg);
		break;
	case OPT_LIST_COLUMNS:
		set_mode(options, MODE_COLUMNS, NULL);
		break;
	case OPT_VERIFY:
		set_mode(options, MODE_VERIFY, NULL);
		break;
	case OPT_READ_FILES:
		options->read_files = true;
		break;
	case OPT_SOURCE:
		options->source = argument_source(optarg);
		break;
	case OPT_DIRECTORY:
		options->directory = optarg;
		if (options->source == SOURCE_AUTO)
			options->source = SOURCE_MODULE;
		break;
	case 'h':
		usage(stdout);
		end_printed();
	case 'V':
		puts("libshare-top " LIBSHARE_VERSION);
		end_printed();
	default:
		fputs("Try 'libshare-top --help' for more information.\n", stderr);
		exit(TROUBLE);
	}
}

static void take_operands(struct options *options, int nr, char **operand,
			  const char **library)
{
	if (options->mode == MODE_DIFF) {
		if (nr < 1 || nr > 2)
			errx(TROUBLE, "--diff needs two recordings, or one with several snapshots");
		options->operand[0] = operand[0];
		options->operand[1] = nr > 1 ? operand[1] : NULL;
	} else if (options->explain && nr == 1) {
		/* A path, or a part of a name. */
		if (strchr(operand[0], '/'))
			*library = operand[0];
		else
			options->filter.glob = operand[0];
	} else if (nr) {
		errx(TROUBLE, "unexpected argument '%s': see --help", operand[0]);
	}
}

/* Names are compared as the tables have them. */
static void set_filter(struct options *options, const char *library)
{
	struct filter *filter = &options->filter;

	if (filter->cgroup) {
		if (cgroup_may_be_name(filter->cgroup))
			filter->container = text_escape(filter->cgroup);
		filter->cgroup = cgroup_wanted(filter->cgroup);
	}
	if (filter->glob)
		filter->glob = text_escape(filter->glob);
	if (library)
		wanted_set(&filter->library, library,
			   !options->replay && options->mode != MODE_DIFF);
}

/* The live view has no better moment to complain. */
static void check_columns(const struct options *options)
{
	struct columns columns;
	char why[256];

	if (!columns_choose(options->view, options->columns, options->how.form,
			    &columns, why, sizeof(why)))
		errx(TROUBLE, "%s", why);
	if (options->mode == MODE_LIVE && options->filter.glob &&
	    strlen(options->filter.glob) >= GLOB)
		errx(TROUBLE, "--filter is too long for the live view: use --batch");
}

/**
 * options_parse() - Understand the command line, or exit.
 * @options: Set to what it asks for.
 * @argc: As main() has it.
 * @argv: As main() has it.
 */
void options_parse(struct options *options, int argc, char **argv)
{
	const char *sort = NULL, *library = NULL;
	static const char letters[] = "bd:f:g:hi:Jl:n:o:p:ru:v:Vw:x:";
	struct given given = { 0 };
	int c;

	*options = (struct options){
		.view = views[0],
		.how = { .headings = true, .out = stdout },
		.delay_ms = 2000,
		.max_series = 100,
		.directory = DIRECTORY,
	};
	while ((c = getopt_long(argc, argv, letters, long_options, NULL)) != -1) {
		take_option(options, c, &sort, &library);
		given_add(&given, name_of(c));
	}
	take_operands(options, argc - optind, argv + optind, &library);

	if (options->mode == MODE_LIVE && !isatty(STDOUT_FILENO))
		options->mode = MODE_BATCH;
	/* It is asked for once, and the live view has a key for what to do. */
	if (audit_is_needed(options) && options->mode != MODE_COLUMNS) {
		if (options->view != &tables[AUDIT])
			want_batch(options);
		if (options->mode != MODE_LIVE && !options->iterations && !options->replay)
			options->iterations = 1;
	}
	if (options->view == &tables[HEAPS] && (options->replay || options->mode == MODE_DIFF))
		errx(TROUBLE, "--view heap reads the processes of this machine: it does not apply to a recording");
	/* There, control groups are rows of their own. */
	if (options->mode == MODE_LIVE && options->view == &tables[CGROUPS] && !options->by)
		options->by = bys[BY_CGROUP];
	if (options->by)
		options->view = grouped_view(options);
	applies_check(options, &given, library);
	check_columns(options);
	set_filter(options, library);
	if (!sort)
		sort = options->view->sort;
	if (!sort)
		return;
	options->sort = column_find(options->view, sort, strlen(sort));
	if (!options->sort)
		errx(TROUBLE, "unknown column '%s' of view %s for --sort (see --help)",
		     sort, options->view->name);
}
