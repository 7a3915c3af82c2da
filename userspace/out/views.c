// SPDX-License-Identifier: GPL-2.0-only
/* All views, by name; their columns are where they are made. */
#include <ctype.h>
#include <string.h>

#include "data/alloc.h"
#include "data/columns.h"
#include "out/erosion.h"
#include "out/views.h"
#include "views/duplicates.h"
#include "views/explain.h"
#include "views/groups.h"
#include "views/sections.h"
#include "views/what_if.h"

const struct view *const views[] = {
	&tables[LIBRARIES], &tables[PROCESSES],
	&tables[MAPPINGS], &tables[PAGES],
	&tables[HISTOGRAM], &tables[CGROUPS],
	&sections_view, &duplicates_view,
	&tables[AUDIT], &tables[DISTINCT],
	&findings_view, &what_if_view, &erosion_view,
	&tables[HEAPS], NULL
};

/**
 * view_find() - The view with a name.
 * @name: What --view was given.
 *
 * Return: It, or NULL.
 */
const struct view *view_find(const char *name)
{
	const struct view *const *view;

	for (view = views; *view; view++)
		if (!strcmp((*view)->name, name))
			return *view;
	return NULL;
}

static size_t longest_name(const struct view *view)
{
	const struct column *col;
	size_t longest = 13;

	for (col = view->columns; col->name; col++)
		if (strlen(col->name) > longest)
			longest = strlen(col->name);
	return longest;
}

static void view_help(FILE *out, const char *option, const struct view *view)
{
	size_t longest = longest_name(view);
	const struct column *col;
	const char *c;

	fprintf(out, "\nColumns of %s (%s):\n", option, view->help);
	for (col = view->columns; col->name; col++) {
		int width = 1 + longest - strlen(col->name);

		fputc(' ', out);
		for (c = col->name; *c; c++)
			fputc(toupper(*c), out);
		fprintf(out, "%*s%s%s\n", width, "",
			col->flags & SHOWN ? "* " : "  ", col->help);
	}
}

/**
 * columns_help() - Explain the columns of all views, for --help.
 * @out: Where to.
 */
void columns_help(FILE *out)
{
	const struct view *const *view;
	char option[64];

	for (view = views; *view; view++) {
		snprintf(option, sizeof(option), "--view %s", (*view)->name);
		view_help(out, option, *view);
	}
	groups_help(view_help, out);
	fputs("\nColumns marked with * are shown where -o does not ask for others.\n", out);
}

/**
 * columns_run() - List the columns of one view, a line for each.
 * @options: The command line.
 *
 * Return: The exit status.
 */
int columns_run(const struct options *options)
{
	static const char *const types[] = {
		[TEXT] = "text", [ID] = "number", [HEX] = "address",
		[COUNT] = "count", [BYTES] = "bytes",
	};
	int longest = longest_name(options->view);
	const struct column *col;

	for (col = options->view->columns; col->name; col++)
		printf("%-*s %-7s %c %s\n", longest, col->name, types[col->type],
		       col->flags & SHOWN ? '*' : '-', col->help);
	if (fflush(stdout) || ferror(stdout))
		err(TROUBLE, "cannot write standard output");
	return EXIT_SUCCESS;
}
