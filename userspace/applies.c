// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which options belong together. An option that would do nothing is refused by name:
 * users who gave it expect something else than they would get.
 */
#include "alloc.h"
#include "applies.h"
#include "erosion.h"

#define LIVE (1u << LIBSHARE_MODE_LIVE)
#define BATCH (1u << LIBSHARE_MODE_BATCH)
#define RECORD (1u << LIBSHARE_MODE_RECORD)
#define DIFF (1u << LIBSHARE_MODE_DIFF)
#define METRICS (1u << LIBSHARE_MODE_OPENMETRICS)
#define DRAW (1u << LIBSHARE_MODE_PICTURE | 1u << LIBSHARE_MODE_MAP)
#define HTML (1u << LIBSHARE_MODE_HTML)
#define OFTEN (1u << 31)	/* may be given more than once */
#define ALL (~OFTEN)

/* What each option applies to. */
static const struct rule {
	const char *option;
	unsigned int modes;
} rules[] = {
	{ "batch", ALL | OFTEN },
	{ "by", BATCH },
	{ "bytes", LIVE | BATCH | DIFF | OFTEN },
	{ "cgroup", LIVE | BATCH | DIFF | METRICS | DRAW },
	{ "columns", LIVE | BATCH | DIFF },
	{ "csv", BATCH | DIFF | OFTEN },
	{ "delay", LIVE | BATCH | RECORD },
	{ "diff", DIFF | OFTEN },
	{ "directory", LIVE | BATCH | RECORD | METRICS | DRAW | HTML },
	{ "explain", BATCH | OFTEN },
	{ "filter", LIVE | BATCH | DIFF | METRICS | DRAW },
	{ "html", HTML },
	{ "iterations", LIVE | BATCH | RECORD },
	{ "json", BATCH | DIFF | OFTEN },
	{ "library", LIVE | BATCH | DIFF | METRICS | DRAW },
	{ "map", 1u << LIBSHARE_MODE_MAP },
	{ "max-series", METRICS },
	{ "memory-max", ALL },
	{ "min", DIFF },
	{ "noheadings", BATCH | DIFF | OFTEN },
	{ "openmetrics", METRICS | OFTEN },
	{ "output", BATCH | DIFF | METRICS },
	{ "picture", 1u << LIBSHARE_MODE_PICTURE },
	{ "pid", LIVE | BATCH | DIFF | METRICS | DRAW },
	{ "raw", BATCH | DIFF | OFTEN },
	{ "record", RECORD },
	{ "replay", LIVE | BATCH | METRICS | DRAW | HTML },
	{ "reverse", LIVE | BATCH | DIFF | OFTEN },
	{ "since", BATCH },
	{ "sort", LIVE | BATCH | DIFF },
	{ "view", LIVE | BATCH | DIFF | RECORD | HTML },
	{ "what-if", BATCH },
};

/* What the command line is about, as users call it. */
static const char *const names[] = {
	[LIBSHARE_MODE_LIVE] = "the live view: use --batch",
	[LIBSHARE_MODE_BATCH] = "a table (see --help)",
	[LIBSHARE_MODE_RECORD] = "--record",
	[LIBSHARE_MODE_DIFF] = "--diff",
	[LIBSHARE_MODE_OPENMETRICS] = "--openmetrics",
	[LIBSHARE_MODE_PICTURE] = "--picture",
	[LIBSHARE_MODE_MAP] = "--map",
	[LIBSHARE_MODE_HTML] = "--html",
};

/**
 * libshare_given_add() - Note that an option was given.
 * @given: Where to.
 * @name: Its long name, which stays.
 */
void libshare_given_add(struct libshare_given *given, const char *name)
{
	size_t i = 0;

	while (i < given->nr && strcmp(given->name[i], name))
		i++;
	given->name[i] = name;
	given->times[i]++;
	given->nr += i == given->nr;
}

static bool is_given(const struct libshare_given *given, const char *name)
{
	size_t i;

	for (i = 0; i < given->nr; i++)
		if (!strcmp(given->name[i], name))
			return true;
	return false;
}

static const struct rule *rule_of(const char *name)
{
	const struct rule *rule = rules;

	while (strcmp(rule->option, name))
		rule++;
	return rule;
}

/* What is about copies, and has a view of its own. */
static void check_copies(const struct libshare_options *options, const struct libshare_given *given)
{
	static const char *const table[] = { "bytes", "columns", "noheadings" };
	const struct libshare_view *view = options->view;
	size_t i;

	if (is_given(given, "view") + is_given(given, "explain") + is_given(given, "what-if") > 1)
		errx(LIBSHARE_TROUBLE, "--view, --explain and --what-if exclude each other");
	for (i = 0; options->explain && i < sizeof(table) / sizeof(*table); i++)
		if (options->how.form == LIBSHARE_FORM_TABLE && is_given(given, table[i]))
			errx(LIBSHARE_TROUBLE, "--%s does not apply to --explain: use --view findings",
			     table[i]);
	if (options->since && view != &libshare_erosion_view)
		errx(LIBSHARE_TROUBLE, "--since does not apply to --view %s: use --view erosion",
		     view->name);
	if (options->since && options->replay)
		errx(LIBSHARE_TROUBLE, "--replay and --since exclude each other");
	/* An audit may go with these; all else has no view. */
	if (is_given(given, "view") && view != &libshare_tables[LIBSHARE_AUDIT] &&
	    1u << options->mode & (RECORD | HTML))
		errx(LIBSHARE_TROUBLE, "--view does not apply to %s, but for --view audit",
		     names[options->mode]);
}

static void check_view(const struct libshare_options *options, const char *library)
{
	const struct libshare_view *view = options->view;
	bool some = options->filter.pid != LIBSHARE_UNKNOWN || options->filter.cgroup;

	if (view == &libshare_sections_view && some)
		errx(LIBSHARE_TROUBLE, "--view sections counts the copies of all processes: use --view mappings with --pid and --cgroup");
	if (view == &libshare_erosion_view && some)
		errx(LIBSHARE_TROUBLE, "--view erosion is about programs: --pid and --cgroup do not apply");
	if (options->mode != LIBSHARE_MODE_LIVE || view == &libshare_tables[LIBSHARE_LIBRARIES] ||
	    view == &libshare_tables[LIBSHARE_PROCESSES])
		return;
	if (view != &libshare_sections_view)
		errx(LIBSHARE_TROUBLE, "--view %s does not apply to the live view: use --batch",
		     view->name);
	if (!library)
		errx(LIBSHARE_TROUBLE, "--view sections of all libraries does not apply to the live view: use --library or --batch");
}

/* lsblk and others call a list of columns --output. */
static void check_output(const struct libshare_options *options)
{
	const char *list = options->output;
	size_t len;

	for (list += *list == '+'; *list; list += len + (list[len] == ',')) {
		len = strcspn(list, ",");
		if (!libshare_column_find(options->view, list, len))
			return;
	}
	errx(LIBSHARE_TROUBLE, "--output '%s' is a list of columns, not a file: use --columns, or ./%s for a file",
	     options->output, options->output);
}

/**
 * libshare_applies_check() - End the program if some option would do nothing.
 * @options: What the command line asks for.
 * @given: The options that it has.
 * @library: What --library was given, or NULL.
 */
void libshare_applies_check(const struct libshare_options *options,
			    const struct libshare_given *given, const char *library)
{
	size_t i;

	for (i = 0; i < given->nr; i++) {
		const struct rule *rule = rule_of(given->name[i]);

		if (given->times[i] > 1 && !(rule->modes & OFTEN))
			errx(LIBSHARE_TROUBLE, "--%s is given more than once", rule->option);
		if (!(rule->modes & 1u << options->mode))
			errx(LIBSHARE_TROUBLE, "--%s does not apply to %s", rule->option,
			     names[options->mode]);
	}
	if (options->replay && is_given(given, "directory"))
		errx(LIBSHARE_TROUBLE, "--replay and --directory exclude each other");
	if (options->replay && options->mode == LIBSHARE_MODE_BATCH && is_given(given, "delay"))
		errx(LIBSHARE_TROUBLE, "--delay does not apply to a recording that is printed");
	check_copies(options, given);
	check_view(options, library);
	if (options->output)
		check_output(options);
}
