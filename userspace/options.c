// SPDX-License-Identifier: GPL-2.0-only
/* The command line. */
#include <getopt.h>
#include <unistd.h>

#include "alloc.h"
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
	"     --library PATH     only this library, or the processes that map it\n"
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
	"     --openmetrics      print metrics for Prometheus\n"
	"     --max-series N     of at most N libraries, those that take most (100)\n"
	"     --picture FILE     draw who shares which pages of --library (svg, png, pdf)\n"
	"     --map FILE         draw the page map of --library (svg, png, pdf)\n"
	"     --html FILE        write a page with everything, for a browser\n"
	"     --verify           compare the module with /proc: 0 they agree, 1 they differ\n"
	"     --memory-max MIB   most memory that one snapshot may take (1024)\n"
	"     --source SOURCE    auto, module or proc: /proc has the same tables, at more\n"
	"                        cost, without the module (auto)\n"
	"     --read-files       with /proc, read build IDs from the files of libraries\n"
	"     --directory DIR    where the module's files are\n"
	"                        (" LIBSHARE_DIRECTORY ")\n"
	"\n"
	" -h, --help             display this help\n"
	" -V, --version          display version\n";

enum {
	OPT_BYTES = 256, OPT_CGROUP, OPT_CSV, OPT_DIFF, OPT_DIRECTORY, OPT_FILTER, OPT_HTML,
	OPT_LIBRARY, OPT_MAP, OPT_MAX_SERIES, OPT_MEMORY_MAX, OPT_NOHEADINGS, OPT_OPENMETRICS,
	OPT_OUTPUT, OPT_PICTURE, OPT_PID, OPT_READ_FILES, OPT_RECORD, OPT_REPLAY, OPT_REVERSE,
	OPT_SOURCE, OPT_VERIFY, OPT_VIEW,
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
	{ "noheadings", no_argument, NULL, OPT_NOHEADINGS },
	{ "openmetrics", no_argument, NULL, OPT_OPENMETRICS },
	{ "output", required_argument, NULL, OPT_OUTPUT },
	{ "picture", required_argument, NULL, OPT_PICTURE },
	{ "pid", required_argument, NULL, OPT_PID },
	{ "raw", no_argument, NULL, 'r' },
	{ "read-files", no_argument, NULL, OPT_READ_FILES },
	{ "record", required_argument, NULL, OPT_RECORD },
	{ "replay", required_argument, NULL, OPT_REPLAY },
	{ "reverse", no_argument, NULL, OPT_REVERSE },
	{ "sort", required_argument, NULL, 'x' },
	{ "source", required_argument, NULL, OPT_SOURCE },
	{ "verify", no_argument, NULL, OPT_VERIFY },
	{ "version", no_argument, NULL, 'V' },
	{ "view", required_argument, NULL, OPT_VIEW },
	{ 0 }
};

static uint64_t number_of(const char *option, const char *text)
{
	uint64_t value;

	if (!libshare_text_number(text, 10, &value))
		errx(LIBSHARE_TROUBLE, "%s wants a number, and '%s' is none", option, text);
	return value;
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
		errx(LIBSHARE_TROUBLE, "--delay wants seconds, 0.1 to %d, not '%s'", MAX_DELAY,
		     text);
	return seconds * 1000;
}

static const struct libshare_view *view_of(const char *name)
{
	const struct libshare_view *view = libshare_view_find(name);

	if (!view)
		errx(LIBSHARE_TROUBLE, "there is no view '%s': --help lists them", name);
	return view;
}

static enum libshare_source_choice source_of(const char *name)
{
	static const char *const names[] = {
		[LIBSHARE_SOURCE_AUTO] = "auto",
		[LIBSHARE_SOURCE_MODULE] = "module",
		[LIBSHARE_SOURCE_PROC] = "proc",
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(names[i], name))
			return i;
	errx(LIBSHARE_TROUBLE, "unknown source '%s': auto, module or proc", name);
}

/* Names are compared as the tables have them, where odd bytes are escaped. */
static const char *escaped(const char *text)
{
	char *copy = xcalloc(4 * strlen(text) + 1, 1), *out = copy;

	for (; *text; text++) {
		if (*text == '\\')
			out = stpcpy(out, "\\134");
		else
			*out++ = *text;
	}
	text = copy;
	copy = xcalloc(4 * strlen(text) + 1, 1);
	libshare_text_clean(text, strlen(text), copy);
	free((char *)text);
	return copy;
}

/* Names that lead to a library of this machine, such as those in /lib, stand for it. */
static const char *library_of(const char *path, bool replay)
{
	char *real = replay ? NULL : realpath(path, NULL);
	const char *name = escaped(real ?: path);

	free(real);
	return name;
}

static void set_mode(struct libshare_options *options, enum libshare_mode mode, const char *target)
{
	if (options->mode > LIBSHARE_MODE_BATCH && options->mode != mode)
		errx(LIBSHARE_TROUBLE, "--record, --diff, --openmetrics, --picture, --map, --html and --verify exclude each other");
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

static void take_option(struct libshare_options *options, int c, const char **sort)
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
			errx(LIBSHARE_TROUBLE, "--iterations wants at least 1");
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
		options->filter.library = optarg;
		break;
	case OPT_PID:
		options->filter.pid = number_of("--pid", optarg);
		break;
	case OPT_CGROUP:
		options->filter.cgroup = escaped(optarg);
		break;
	case OPT_FILTER:
		options->filter.glob = escaped(optarg);
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
	case OPT_PICTURE:
		set_mode(options, LIBSHARE_MODE_PICTURE, optarg);
		break;
	case OPT_MAP:
		set_mode(options, LIBSHARE_MODE_MAP, optarg);
		break;
	case OPT_HTML:
		set_mode(options, LIBSHARE_MODE_HTML, optarg);
		break;
	case OPT_VERIFY:
		set_mode(options, LIBSHARE_MODE_VERIFY, NULL);
		break;
	case OPT_READ_FILES:
		options->read_files = true;
		break;
	case OPT_SOURCE:
		options->source = source_of(optarg);
		break;
	case OPT_DIRECTORY:
		options->directory = optarg;
		if (options->source == LIBSHARE_SOURCE_AUTO)
			options->source = LIBSHARE_SOURCE_MODULE;
		break;
	case 'h':
		fputs(usage_text, stdout);
		libshare_columns_help(stdout);
		exit(EXIT_SUCCESS);
	case 'V':
		puts("libshare-top " LIBSHARE_VERSION);
		exit(EXIT_SUCCESS);
	default:
		fputs("Try 'libshare-top --help' for more information.\n", stderr);
		exit(LIBSHARE_TROUBLE);
	}
}

static void take_operands(struct libshare_options *options, int nr, char **operand)
{
	if (options->mode == LIBSHARE_MODE_DIFF) {
		if (nr < 1 || nr > 2)
			errx(LIBSHARE_TROUBLE, "--diff wants two recordings, or one that holds several snapshots");
		options->operand[0] = operand[0];
		options->operand[1] = nr > 1 ? operand[1] : NULL;
	} else if (nr) {
		errx(LIBSHARE_TROUBLE, "unexpected argument '%s': see --help", operand[0]);
	}
}

/**
 * libshare_options_parse() - Understand the command line, or exit.
 * @options: Set to what it asks for.
 * @argc: As main() has it.
 * @argv: As main() has it.
 */
void libshare_options_parse(struct libshare_options *options, int argc, char **argv)
{
	const char *sort = NULL;
	int c;

	*options = (struct libshare_options){
		.view = libshare_views[0],
		.filter = { .pid = LIBSHARE_UNKNOWN },
		.how = { .headings = true, .out = stdout },
		.delay_ms = 2000,
		.max_series = 100,
		.directory = LIBSHARE_DIRECTORY,
	};
	while ((c = getopt_long(argc, argv, "bd:hJn:o:rVx:", long_options, NULL)) != -1)
		take_option(options, c, &sort);
	take_operands(options, argc - optind, argv + optind);
	if (options->filter.library)
		options->filter.library = library_of(options->filter.library, options->replay ||
						     options->mode == LIBSHARE_MODE_DIFF);

	if (options->mode == LIBSHARE_MODE_LIVE && !isatty(STDOUT_FILENO))
		options->mode = LIBSHARE_MODE_BATCH;
	if (!sort)
		sort = options->view->sort;
	if (!sort)
		return;
	options->sort = libshare_column_find(options->view, sort, strlen(sort));
	if (!options->sort)
		errx(LIBSHARE_TROUBLE, "view %s has no column '%s' to sort by: --help lists them",
		     options->view->name, sort);
}
