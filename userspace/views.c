// SPDX-License-Identifier: GPL-2.0-only
/* All views, by name; their columns are where they are made. */
#include <ctype.h>
#include <string.h>

#include "columns.h"
#include "erosion.h"
#include "explain.h"
#include "groups.h"
#include "what_if.h"

const struct libshare_view *const libshare_views[] = {
	&libshare_tables[LIBSHARE_LIBRARIES], &libshare_tables[LIBSHARE_PROCESSES],
	&libshare_tables[LIBSHARE_MAPPINGS], &libshare_tables[LIBSHARE_PAGES],
	&libshare_tables[LIBSHARE_HISTOGRAM], &libshare_tables[LIBSHARE_CGROUPS],
	&libshare_sections_view, &libshare_duplicates_view,
	&libshare_tables[LIBSHARE_AUDIT], &libshare_tables[LIBSHARE_DISTINCT],
	&libshare_findings_view, &libshare_what_if_view, &libshare_erosion_view, NULL
};

/**
 * libshare_view_find() - The view with a name.
 * @name: What --view was given.
 *
 * Return: It, or NULL.
 */
const struct libshare_view *libshare_view_find(const char *name)
{
	const struct libshare_view *const *view;

	for (view = libshare_views; *view; view++)
		if (!strcmp((*view)->name, name))
			return *view;
	return NULL;
}

static void view_help(FILE *out, const char *option, const struct libshare_view *view)
{
	const struct libshare_column *col;
	size_t longest = 13;
	const char *c;

	for (col = view->columns; col->name; col++)
		if (strlen(col->name) > longest)
			longest = strlen(col->name);
	fprintf(out, "\nColumns of %s (%s):\n", option, view->help);
	for (col = view->columns; col->name; col++) {
		int width = 1 + longest - strlen(col->name);

		fputc(' ', out);
		for (c = col->name; *c; c++)
			fputc(toupper(*c), out);
		fprintf(out, "%*s%s%s\n", width, "",
			col->flags & LIBSHARE_SHOWN ? "* " : "  ", col->help);
	}
}

/**
 * libshare_columns_help() - Explain the columns of all views, for --help.
 * @out: Where to.
 */
void libshare_columns_help(FILE *out)
{
	const struct libshare_view *const *view;
	char option[64];

	for (view = libshare_views; *view; view++) {
		snprintf(option, sizeof(option), "--view %s", (*view)->name);
		view_help(out, option, *view);
	}
	view_help(out, "--by cgroup", &libshare_groups_view);
	fputs("\nColumns marked with * are shown where -o does not ask for others.\n", out);
}
