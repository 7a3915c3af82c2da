// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which options belong together. An option that would do nothing is refused by name:
 * users who gave it expect something else than they would get.
 */
#include "applies.h"
#include "data/alloc.h"
#include "out/erosion.h"
#include "views/groups.h"
#include "views/sections.h"

#define LIVE (1u << MODE_LIVE)
#define BATCH (1u << MODE_BATCH)
#define RECORD (1u << MODE_RECORD)
#define DIFF (1u << MODE_DIFF)
#define METRICS (1u << MODE_OPENMETRICS)
#define DRAW (1u << MODE_PICTURE | 1u << MODE_MAP | 1u << MODE_LINKING)
#define HTML (1u << MODE_HTML)
#define VERIFY (1u << MODE_VERIFY)
/* Whatever may look at this machine. */
#define HERE (LIVE | BATCH | RECORD | METRICS | DRAW | HTML)
#define OFTEN (1u << 31)	/* may be given more than once */
#define COLUMNS (1u << MODE_COLUMNS)
#define ALL (~OFTEN)

/* What each option applies to. */
static const struct rule {
	const char *option;
	unsigned int modes;
} rules[] = {
	{ "batch", ALL | OFTEN },
	{ "by", LIVE | BATCH | DIFF | METRICS | COLUMNS },
	{ "bytes", LIVE | BATCH | DIFF | OFTEN },
	{ "cgroup", LIVE | BATCH | DIFF | METRICS | DRAW },
	{ "columns", LIVE | BATCH | DIFF },
	{ "csv", BATCH | DIFF | OFTEN },
	{ "delay", LIVE | BATCH | RECORD },
	{ "diff", DIFF | OFTEN },
	{ "directory", HERE | VERIFY },
	{ "down", METRICS | OFTEN },
	{ "explain", BATCH | OFTEN },
	{ "filter", LIVE | BATCH | DIFF | METRICS | DRAW },
	{ "html", HTML },
	{ "iterations", LIVE | BATCH | RECORD },
	{ "json", BATCH | DIFF | OFTEN },
	{ "library", LIVE | BATCH | DIFF | METRICS | DRAW },
	{ "linking", 1u << MODE_LINKING },
	{ "link-map", 1u << MODE_LINKING },
	{ "list-columns", COLUMNS | OFTEN },
	{ "map", 1u << MODE_MAP },
	{ "max-series", METRICS },
	{ "memory-max", ALL },
	{ "min", DIFF },
	{ "noheadings", BATCH | DIFF | OFTEN },
	{ "openmetrics", METRICS | OFTEN },
	{ "output", BATCH | DIFF | METRICS },
	{ "picture", 1u << MODE_PICTURE },
	{ "pid", LIVE | BATCH | DIFF | METRICS | DRAW },
	{ "raw", BATCH | DIFF | OFTEN },
	{ "read-files", HERE | OFTEN },
	{ "record", RECORD },
	{ "replay", LIVE | BATCH | METRICS | DRAW | HTML },
	{ "reverse", LIVE | BATCH | DIFF | OFTEN },
	{ "since", BATCH },
	{ "sort", LIVE | BATCH | DIFF },
	{ "source", HERE },
	{ "user", LIVE | BATCH | DIFF | METRICS | DRAW },
	{ "verify", VERIFY | OFTEN },
	{ "view", LIVE | BATCH | DIFF | RECORD | HTML | COLUMNS },
	{ "what-if", BATCH },
};

/* What the command line is about, as users call it. */
static const char *const names[] = {
	[MODE_LIVE] = "the live view: use --batch",
	[MODE_BATCH] = "a table (see --help)",
	[MODE_RECORD] = "--record",
	[MODE_DIFF] = "--diff",
	[MODE_OPENMETRICS] = "--openmetrics",
	[MODE_PICTURE] = "--picture",
	[MODE_MAP] = "--map",
	[MODE_LINKING] = "--linking",
	[MODE_HTML] = "--html",
	[MODE_VERIFY] = "--verify",
	[MODE_COLUMNS] = "--list-columns",
};

/**
 * given_add() - Note that an option was given.
 * @given: Where to.
 * @name: Its long name, which stays.
 */
void given_add(struct given *given, const char *name)
{
	size_t i = 0;

	while (i < given->nr && strcmp(given->name[i], name))
		i++;
	given->name[i] = name;
	given->times[i]++;
	given->nr += i == given->nr;
}

static bool is_given(const struct given *given, const char *name)
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
static void check_copies(const struct options *options, const struct given *given)
{
	static const char *const table[] = { "bytes", "columns", "noheadings" };
	const struct view *view = options->view;
	size_t i;

	if (is_given(given, "view") + is_given(given, "explain") + is_given(given, "what-if") > 1)
		errx(TROUBLE, "--view, --explain and --what-if exclude each other");
	for (i = 0; options->explain && i < sizeof(table) / sizeof(*table); i++)
		if (options->how.form == FORM_TABLE && is_given(given, table[i]))
			errx(TROUBLE, "--%s does not apply to --explain: use --view findings",
			     table[i]);
	if (options->since && view != &erosion_view)
		errx(TROUBLE, "--since does not apply to --view %s: use --view erosion",
		     view->name);
	if (options->since && options->replay)
		errx(TROUBLE, "--replay and --since exclude each other");
	/* An audit may go with these; all else has no view. */
	if (is_given(given, "view") && view != &tables[AUDIT] &&
	    1u << options->mode & (RECORD | HTML))
		errx(TROUBLE, "--view does not apply to %s, but for --view audit",
		     names[options->mode]);
}

static void check_view(const struct options *options, const char *library)
{
	const struct view *view = options->view;
	bool some = filter_asks_processes(&options->filter);
	enum by by;

	if (view == &sections_view && some)
		errx(TROUBLE, "--view sections counts the copies of all processes: use --view mappings with --pid, --user and --cgroup");
	if (view == &erosion_view && some)
		errx(TROUBLE, "--view erosion is about programs: --pid, --user and --cgroup do not apply");
	/* Groups are shown where what they are made from is shown. */
	if (options->by)
		groups_have(view, &by, &view);
	if (options->mode != MODE_LIVE || view == &tables[LIBRARIES] ||
	    view == &tables[PROCESSES] || view == &tables[AUDIT])
		return;
	if (view != &sections_view)
		errx(TROUBLE, "--view %s does not apply to the live view: use --batch",
		     view->name);
	if (!library)
		errx(TROUBLE, "--view sections of all libraries does not apply to the live view: use --library or --batch");
}

/* One place has the numbers. */
static void check_source(const struct options *options, const struct given *given)
{
	static const char *const others[] = { "directory", "read-files", "source" };
	size_t i;

	for (i = 0; options->replay && i < sizeof(others) / sizeof(*others); i++)
		if (is_given(given, others[i]))
			errx(TROUBLE, "--replay and --%s exclude each other", others[i]);
	if (is_given(given, "directory") && options->source == SOURCE_PROC)
		errx(TROUBLE, "--directory does not apply to --source proc");
	if (options->read_files && options->source == SOURCE_MODULE)
		errx(TROUBLE, "--read-files does not apply to the module: use --source proc");
}

/* Without a scan, there is nothing to choose. */
static void check_down(const struct given *given)
{
	static const char *const others[] = {
		"batch", "down", "memory-max", "openmetrics", "output",
	};
	size_t i, j;

	for (i = 0; i < given->nr; i++) {
		for (j = 0; j < sizeof(others) / sizeof(*others); j++)
			if (!strcmp(given->name[i], others[j]))
				break;
		if (j == sizeof(others) / sizeof(*others))
			errx(TROUBLE, "--%s does not apply to --down", given->name[i]);
	}
}

/* lsblk and others call a list of columns --output. */
static void check_output(const struct options *options)
{
	const char *list = options->output;
	size_t len;

	for (list += *list == '+'; *list; list += len + (list[len] == ',')) {
		len = strcspn(list, ",");
		if (!column_find(options->view, list, len))
			return;
	}
	errx(TROUBLE, "--output '%s' is a list of columns, not a file: use --columns, or ./%s for a file",
	     options->output, options->output);
}

/**
 * applies_check() - End the program if some option would do nothing.
 * @options: What the command line asks for.
 * @given: The options that it has.
 * @library: What --library was given, or NULL.
 */
void applies_check(const struct options *options,
		   const struct given *given, const char *library)
{
	size_t i;

	for (i = 0; i < given->nr; i++) {
		const struct rule *rule = rule_of(given->name[i]);

		if (given->times[i] > 1 && !(rule->modes & OFTEN))
			errx(TROUBLE, "--%s is given more than once", rule->option);
		if (!(rule->modes & 1u << options->mode))
			errx(TROUBLE, "--%s does not apply to %s", rule->option,
			     names[options->mode]);
	}
	check_source(options, given);
	if (options->replay && options->mode == MODE_BATCH && is_given(given, "delay"))
		errx(TROUBLE, "--delay does not apply to a recording that is printed");
	check_copies(options, given);
	check_view(options, library);
	if (options->down)
		check_down(given);
	if (options->output)
		check_output(options);
}
