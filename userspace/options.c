// SPDX-License-Identifier: GPL-2.0-only
/* The command line. */
#include <getopt.h>
#include <unistd.h>

#include "alloc.h"
#include "applies.h"
#include "members.h"
#include "options.h"
#include "source.h"
#include "text.h"

#define MAX_DELAY 86400

static const char usage_text[] =
	"Usage:\n"
	" libshare-top [options]\n"
	" libshare-top [options] --diff BEFORE AFTER\n"
	"\n"
	"Show what sharing of libraries saves, and where copies broke it.\n"
	"\n"
	"What to show:\n"
	"     --view VIEW        libraries, processes, mappings, pages, histogram,\n"
	"                        sections or duplicates\n"
	"     --library NAME     only this library, or the processes that map it: a path,\n"
	"                        its last part, a glob, or MAJOR:MINOR:INODE\n"
	"     --pid PID          only this process, or the libraries that it maps\n"
	"     --cgroup PATH      only processes of this control group and those below\n"
	"     --filter GLOB      only names that match; without *, ? or [ any part of a name\n"
	" -x, --sort COLUMN      sort by a column: amounts largest first, names a to z\n"
	"     --reverse          sort the other way round\n"
	"\n"
	"How to show it:\n"
	" -b, --batch            print, instead of the live view that a terminal gets\n"
	" -n, --iterations N     stop after N scans (1 where the output is no terminal)\n"
	" -d, --delay SECONDS    time between scans (2)\n"
	" -o, --columns LIST     columns, separated by commas; +LIST adds them; or all\n"
	" -J, --json             print JSON\n"
	"     --csv              print comma-separated values\n"
	" -r, --raw              print fields with one space between\n"
	"     --noheadings       print no heading line\n"
	"     --bytes            print sizes in bytes (always so but in tables)\n"
	"     --output FILE      print to FILE, which is replaced once all is written\n"
	"\n"
	"What else to do:\n"
	"     --record FILE      write snapshots to FILE, which --replay and --diff read\n"
	"     --replay FILE      read snapshots from FILE instead of the module\n"
	"     --diff A B         what grew, shrank, came and went between two recordings\n"
	"     --min SIZE         of a difference, only rows in which some size differs by\n"
	"                        at least SIZE (K, M or G may follow)\n"
	"     --openmetrics      print metrics for Prometheus\n"
	"     --max-series N     of at most N libraries, those that take most (100)\n"
	"     --picture FILE     draw who shares which pages of --library (svg, png, pdf)\n"
	"     --map FILE         draw the page map of --library (svg, png, pdf)\n"
	"     --html FILE        write a page with everything, for a browser\n"
	"     --memory-max MIB   most memory that one snapshot may take (1024)\n"
	"     --directory DIR    where the module's files are\n"
	"                        (" LIBSHARE_DIRECTORY ")\n"
	"\n"
	" -h, --help             display this help\n"
	" -V, --version          display version\n";

enum {
	OPT_BYTES = 256, OPT_CGROUP, OPT_CSV, OPT_DIFF, OPT_DIRECTORY, OPT_FILTER, OPT_HTML,
	OPT_LIBRARY, OPT_MAP, OPT_MAX_SERIES, OPT_MEMORY_MAX, OPT_MIN, OPT_NOHEADINGS,
	OPT_OPENMETRICS, OPT_OUTPUT, OPT_PICTURE, OPT_PID, OPT_RECORD, OPT_REPLAY, OPT_REVERSE,
	OPT_VIEW,
};

static const struct option long_options[] = {
	{ "batch", no_argument, NULL, 'b' },
	{ "bytes", no_argument, NULL, OPT_BYTES },
	{ "cgroup", required_argument, NULL, OPT_CGROUP },
	{ "columns", required_argument, NULL, 'o' },
	{ "csv", no_argument, NULL, OPT_CSV },
	{ "delay", required_argument, NULL, 'd' },
	{ "diff", no_argument, NULL, OPT_DIFF },
	{ "directory", required_argument, NULL, OPT_DIRECTORY },
	{ "filter", required_argument, NULL, OPT_FILTER },
	{ "help", no_argument, NULL, 'h' },
	{ "html", required_argument, NULL, OPT_HTML },
	{ "iterations", required_argument, NULL, 'n' },
	{ "json", no_argument, NULL, 'J' },
	{ "library", required_argument, NULL, OPT_LIBRARY },
	{ "map", required_argument, NULL, OPT_MAP },
	{ "max-series", required_argument, NULL, OPT_MAX_SERIES },
	{ "memory-max", required_argument, NULL, OPT_MEMORY_MAX },
	{ "min", required_argument, NULL, OPT_MIN },
	{ "noheadings", no_argument, NULL, OPT_NOHEADINGS },
	{ "openmetrics", no_argument, NULL, OPT_OPENMETRICS },
	{ "output", required_argument, NULL, OPT_OUTPUT },
	{ "picture", required_argument, NULL, OPT_PICTURE },
	{ "pid", required_argument, NULL, OPT_PID },
	{ "raw", no_argument, NULL, 'r' },
	{ "record", required_argument, NULL, OPT_RECORD },
	{ "replay", required_argument, NULL, OPT_REPLAY },
	{ "reverse", no_argument, NULL, OPT_REVERSE },
	{ "sort", required_argument, NULL, 'x' },
	{ "version", no_argument, NULL, 'V' },
	{ "view", required_argument, NULL, OPT_VIEW },
	{ 0 }
};

static const char *name_of(int c)
{
	const struct option *option = long_options;

	while (option->val != c)
		option++;
	return option->name;
}

static uint64_t number_of(const char *option, const char *text)
{
	uint64_t value;

	if (!libshare_text_number(text, 10, &value))
		errx(LIBSHARE_TROUBLE, "invalid number '%s' for %s", text, option);
	return value;
}

/* Bytes, or what K, M or G make of a number. */
static uint64_t size_of(const char *option, const char *text)
{
	static const char units[] = "KMG";
	size_t len = strlen(text), shift = 0;
	const char *unit = len ? strchr(units, text[len - 1]) : NULL;
	char *digits = xstrdup(text);
	uint64_t value;

	if (unit) {
		shift = 10 * (unit - units + 1);
		digits[len - 1] = '\0';
	}
	if (!libshare_text_number(digits, 10, &value) || value > UINT64_MAX >> shift)
		errx(LIBSHARE_TROUBLE, "invalid size '%s' for %s", text, option);
	free(digits);
	return value << shift;
}

static uint64_t memory_of(const char *text)
{
	uint64_t mib = number_of("--memory-max", text);

	if (!mib || mib > UINT64_MAX >> 20)
		errx(LIBSHARE_TROUBLE, "--memory-max '%s' is out of range: give MiB", text);
	return mib << 20;
}

static uint64_t delay_of(const char *text)
{
	char *end;
	double seconds = strtod(text, &end);

	if (end == text || *end || !(seconds >= 0.1 && seconds <= MAX_DELAY))
		errx(LIBSHARE_TROUBLE, "invalid seconds '%s' for --delay (0.1 to %d)", text,
		     MAX_DELAY);
	return seconds * 1000;
}

static const struct libshare_view *view_of(const char *name)
{
	const struct libshare_view *view = libshare_view_find(name);

	if (!view)
		errx(LIBSHARE_TROUBLE, "unknown view '%s' (see --help)", name);
	return view;
}

static void set_mode(struct libshare_options *options, enum libshare_mode mode, const char *target)
{
	if (options->mode > LIBSHARE_MODE_BATCH && options->mode != mode)
		errx(LIBSHARE_TROUBLE, "--record, --diff, --openmetrics, --picture, --map and --html exclude each other");
	options->mode = mode;
	options->target = target;
}

static void set_form(struct libshare_options *options, enum libshare_form form)
{
	if (options->how.form != LIBSHARE_FORM_TABLE && options->how.form != form)
		errx(LIBSHARE_TROUBLE, "--json, --csv and --raw exclude each other");
	options->how.form = form;
}

static void want_batch(struct libshare_options *options)
{
	if (options->mode == LIBSHARE_MODE_LIVE)
		options->mode = LIBSHARE_MODE_BATCH;
}

/* End the program, if what it printed has been written. */
static void __attribute__((__noreturn__)) end_printed(void)
{
	if (fflush(stdout) || ferror(stdout))
		err(LIBSHARE_TROUBLE, "cannot write standard output");
	exit(EXIT_SUCCESS);
}

static void take_option(struct libshare_options *options, int c, const char **sort,
			const char **library)
{
	switch (c) {
	case 'b':
		want_batch(options);
		break;
	case 'd':
		options->delay_ms = delay_of(optarg);
		break;
	case 'n':
		options->iterations = number_of("--iterations", optarg);
		if (!options->iterations)
			errx(LIBSHARE_TROUBLE, "invalid number '0' for --iterations (at least 1)");
		break;
	case 'o':
		options->columns = optarg;
		break;
	case 'x':
		*sort = optarg;
		break;
	case 'J':
		set_form(options, LIBSHARE_FORM_JSON);
		want_batch(options);
		break;
	case OPT_CSV:
		set_form(options, LIBSHARE_FORM_CSV);
		want_batch(options);
		break;
	case 'r':
		set_form(options, LIBSHARE_FORM_RAW);
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
	case OPT_VIEW:
		options->view = view_of(optarg);
		break;
	case OPT_LIBRARY:
		*library = optarg;
		break;
	case OPT_PID:
		options->filter.pid = number_of("--pid", optarg);
		break;
	case OPT_CGROUP:
		options->filter.cgroup = optarg;
		break;
	case OPT_FILTER:
		options->filter.glob = optarg;
		break;
	case OPT_REVERSE:
		options->reverse = true;
		break;
	case OPT_RECORD:
		set_mode(options, LIBSHARE_MODE_RECORD, optarg);
		break;
	case OPT_REPLAY:
		options->replay = optarg;
		break;
	case OPT_DIFF:
		set_mode(options, LIBSHARE_MODE_DIFF, NULL);
		break;
	case OPT_OPENMETRICS:
		set_mode(options, LIBSHARE_MODE_OPENMETRICS, NULL);
		break;
	case OPT_MAX_SERIES:
		options->max_series = number_of("--max-series", optarg);
		break;
	case OPT_MEMORY_MAX:
		libshare_memory_max = memory_of(optarg);
		break;
	case OPT_MIN:
		options->min = size_of("--min", optarg);
		break;
	case OPT_PICTURE:
		set_mode(options, LIBSHARE_MODE_PICTURE, optarg);
		break;
	case OPT_MAP:
		set_mode(options, LIBSHARE_MODE_MAP, optarg);
		break;
	case OPT_HTML:
		set_mode(options, LIBSHARE_MODE_HTML, optarg);
		break;
	case OPT_DIRECTORY:
		options->directory = optarg;
		break;
	case 'h':
		fputs(usage_text, stdout);
		libshare_columns_help(stdout);
		end_printed();
	case 'V':
		puts("libshare-top " LIBSHARE_VERSION);
		end_printed();
	default:
		fputs("Try 'libshare-top --help' for more information.\n", stderr);
		exit(LIBSHARE_TROUBLE);
	}
}

static void take_operands(struct libshare_options *options, int nr, char **operand)
{
	if (options->mode == LIBSHARE_MODE_DIFF) {
		if (nr < 1 || nr > 2)
			errx(LIBSHARE_TROUBLE, "--diff needs two recordings, or one with several snapshots");
		options->operand[0] = operand[0];
		options->operand[1] = nr > 1 ? operand[1] : NULL;
	} else if (nr) {
		errx(LIBSHARE_TROUBLE, "unexpected argument '%s': see --help", operand[0]);
	}
}

/* Names are compared as the tables have them. */
static void set_filter(struct libshare_options *options, const char *library)
{
	struct libshare_filter *filter = &options->filter;

	if (filter->cgroup)
		filter->cgroup = libshare_text_escape(filter->cgroup);
	if (filter->glob)
		filter->glob = libshare_text_escape(filter->glob);
	if (library)
		libshare_wanted_set(&filter->library, library,
				    !options->replay && options->mode != LIBSHARE_MODE_DIFF);
}

/* The live view has no better moment to complain. */
static void check_columns(const struct libshare_options *options)
{
	struct libshare_columns columns;
	char why[256];

	if (!libshare_columns_choose(options->view, options->columns, &columns, why, sizeof(why)))
		errx(LIBSHARE_TROUBLE, "%s", why);
	if (options->mode == LIBSHARE_MODE_LIVE && options->filter.glob &&
	    strlen(options->filter.glob) >= LIBSHARE_GLOB)
		errx(LIBSHARE_TROUBLE, "--filter is too long for the live view: use --batch");
}

/**
 * libshare_options_parse() - Understand the command line, or exit.
 * @options: Set to what it asks for.
 * @argc: As main() has it.
 * @argv: As main() has it.
 */
void libshare_options_parse(struct libshare_options *options, int argc, char **argv)
{
	const char *sort = NULL, *library = NULL;
	struct libshare_given given = { 0 };
	int c;

	*options = (struct libshare_options){
		.view = libshare_views[0],
		.filter = { .pid = LIBSHARE_UNKNOWN },
		.how = { .headings = true, .out = stdout },
		.delay_ms = 2000,
		.max_series = 100,
		.directory = LIBSHARE_DIRECTORY,
	};
	while ((c = getopt_long(argc, argv, "bd:hJn:o:rVx:", long_options, NULL)) != -1) {
		take_option(options, c, &sort, &library);
		libshare_given_add(&given, name_of(c));
	}
	take_operands(options, argc - optind, argv + optind);

	if (options->mode == LIBSHARE_MODE_LIVE && !isatty(STDOUT_FILENO))
		options->mode = LIBSHARE_MODE_BATCH;
	libshare_applies_check(options, &given, library);
	check_columns(options);
	set_filter(options, library);
	if (!sort)
		sort = options->view->sort;
	if (!sort)
		return;
	options->sort = libshare_column_find(options->view, sort, strlen(sort));
	if (!options->sort)
		errx(LIBSHARE_TROUBLE, "unknown column '%s' of view %s for --sort (see --help)",
		     sort, options->view->name);
}
