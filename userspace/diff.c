// SPDX-License-Identifier: GPL-2.0-only
/* What grew, shrank, came and went between two snapshots. */
#include <libsmartcols.h>

#include "alloc.h"
#include "batch.h"
#include "diff.h"
#include "output.h"
#include "skipped.h"
#include "text.h"

/*
 * What makes two rows the same thing. Device and inode number alone may be
 * another file tomorrow, or on another machine; a path alone may be two files.
 */
static int compare_identity(const void *a, const void *b, void *data)
{
	static const char *const names[] = { "path", "comm", "dev", "ino", "pid" };
	const void *const *x = a, *const *y = b;
	const struct libshare_view *view = data;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const struct libshare_column *col = libshare_column_find(view, names[i],
									 strlen(names[i]));
		int way = col ? libshare_column_compare(col, *x, *y) : 0;

		if (way)
			return way;
	}
	return 0;
}

/**
 * libshare_diff_sort() - Get rows ready for libshare_diff_find().
 * @view: libraries or processes.
 * @list: The rows.
 *
 * Return: The same rows in another order; @row is for free().
 */
struct libshare_list libshare_diff_sort(const struct libshare_view *view,
					const struct libshare_list *list)
{
	struct libshare_list sorted = { xcalloc(list->nr, sizeof(*sorted.row)), list->nr };

	if (list->nr) {
		memcpy(sorted.row, list->row, list->nr * sizeof(*sorted.row));
		qsort_r(sorted.row, sorted.nr, sizeof(*sorted.row), compare_identity, (void *)view);
	}
	return sorted;
}

/**
 * libshare_diff_find() - Find a row again in another snapshot.
 * @sorted: The rows of that one, from libshare_diff_sort().
 * @view: libraries or processes.
 * @row: The row.
 *
 * Return: It, or NULL when it was not there.
 */
const void *libshare_diff_find(const struct libshare_list *sorted,
			       const struct libshare_view *view, const void *row)
{
	const void **found = NULL;
	size_t low = 0, high = sorted->nr;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int way = compare_identity(&row, &sorted->row[middle], (void *)view);

		if (!way)
			found = &sorted->row[middle];
		if (way <= 0)
			high = middle;
		else
			low = middle + 1;
	}
	return found ? *found : NULL;
}

/* How much memory a row takes: of a library, its file pages and its copies. */
static uint64_t takes(const struct libshare_view *view, const void *row)
{
	const struct libshare_library *lib = row;
	const struct libshare_process *proc = row;

	if (view == &libshare_tables[LIBSHARE_LIBRARIES])
		return lib->mapped + libshare_known(lib->cow_unique);
	return proc->pss;
}

static const char *name_change(const struct libshare_view *view, const struct libshare_change *c)
{
	uint64_t before, after;

	if (!c->before)
		return "new";
	if (!c->after)
		return "gone";
	before = takes(view, c->before);
	after = takes(view, c->after);
	return after > before ? "grew" : after < before ? "shrank" : "changed";
}

static bool is_changed(const struct libshare_columns *columns, const struct libshare_change *c)
{
	size_t i;

	for (i = 0; i < columns->nr; i++)
		if (columns->at[i]->type >= LIBSHARE_COUNT &&
		    libshare_column_compare(columns->at[i], c->before, c->after))
			return true;
	return false;
}

/* All of these columns count: what is not shown may have changed too. */
static struct libshare_columns all_columns(const struct libshare_view *view)
{
	struct libshare_columns columns;

	libshare_columns_choose(view, "all", &columns, NULL, 0);
	return columns;
}

static struct libshare_change *match(const struct libshare_view *view,
				     const struct libshare_list *before,
				     const struct libshare_list *after, size_t *nr)
{
	struct libshare_change *change = xcalloc(before->nr + after->nr, sizeof(*change));
	struct libshare_list old = libshare_diff_sort(view, before);
	struct libshare_list new = libshare_diff_sort(view, after);
	struct libshare_columns columns = all_columns(view);
	size_t i = 0, j = 0;

	*nr = 0;
	while (i < old.nr || j < new.nr) {
		struct libshare_change c = { 0 };
		int way = i == old.nr ? 1 : j == new.nr ? -1 :
			  compare_identity(&old.row[i], &new.row[j], (void *)view);

		if (way <= 0)
			c.before = old.row[i++];
		if (way >= 0)
			c.after = new.row[j++];
		if (!c.before || !c.after || is_changed(&columns, &c))
			change[(*nr)++] = c;
	}
	free(old.row);
	free(new.row);
	return change;
}

static uint64_t distance(const struct libshare_column *by, const struct libshare_change *c)
{
	uint64_t before = c->before ? libshare_column_number(by, c->before) : 0;
	uint64_t after = c->after ? libshare_column_number(by, c->after) : 0;

	return after > before ? after - before : before - after;
}

static int by_distance(const void *a, const void *b, void *data)
{
	const struct libshare_column *by = data;
	uint64_t x, y;

	if (by->type == LIBSHARE_TEXT)
		return 0;
	x = distance(by, a);
	y = distance(by, b);
	return (x < y) - (x > y);
}

static void set_cell(struct libscols_line *line, size_t column, const char *text)
{
	if (scols_line_set_data(line, column, text))
		err(LIBSHARE_TROUBLE, "cannot allocate memory");
}

static const struct libshare_column change_column = {
	"change", LIBSHARE_TEXT, 0, LIBSHARE_SHOWN, "new, gone, grew, shrank or changed"
};

static void print_changes(const struct libshare_options *options, FILE *out,
			  const struct libshare_columns *columns,
			  const struct libshare_change *change, size_t nr, const char *members)
{
	struct libshare_printing how = options->how;
	bool human = how.form == LIBSHARE_FORM_TABLE && !how.bytes;
	struct libscols_table *table;
	char buf[LIBSHARE_CELL];
	size_t i, j;

	how.out = out;
	how.members = members;
	table = libshare_print_begin(&how, "changes");
	libshare_print_column(&how, table, &change_column);
	for (j = 0; j < columns->nr; j++)
		libshare_print_column(&how, table, columns->at[j]);
	for (i = 0; i < nr; i++) {
		struct libscols_line *line = scols_table_new_line(table, NULL);
		const void *row = change[i].after ? change[i].after : change[i].before;

		if (!line)
			err(LIBSHARE_TROUBLE, "cannot allocate memory");
		set_cell(line, 0, name_change(options->view, &change[i]));
		for (j = 0; j < columns->nr; j++) {
			const struct libshare_column *col = columns->at[j];
			uint64_t was, is;

			if (col->type < LIBSHARE_COUNT) {
				set_cell(line, j + 1,
					 libshare_column_format(col, row, human, buf));
				continue;
			}
			was = change[i].before ? libshare_column_number(col, change[i].before) : 0;
			is = change[i].after ? libshare_column_number(col, change[i].after) : 0;
			libshare_text_delta(was, is, human && col->type == LIBSHARE_BYTES, buf);
			/* JSON knows no plus sign. */
			set_cell(line, j + 1, *buf == '+' && how.form != LIBSHARE_FORM_TABLE ?
				 buf + 1 : buf);
		}
	}
	libshare_print_end(&how, table);
}

static struct libshare_snapshot *next(struct libshare_source *source, unsigned int needs)
{
	struct libshare_snapshot *snap;
	int got = libshare_source_next(source, needs, &snap);

	if (got < 0)
		errx(LIBSHARE_TROUBLE, "%s", libshare_source_why(source));
	return got ? snap : NULL;
}

/* The last snapshot of a file, and its first where somebody wants that. */
static struct libshare_snapshot *load(const char *file, unsigned int needs,
				      struct libshare_snapshot **first)
{
	struct libshare_source *source = libshare_source_replay(file);
	struct libshare_snapshot *snap = next(source, needs), *later;

	if (first) {
		*first = snap;
		snap = next(source, needs);
		if (!snap)
			errx(LIBSHARE_TROUBLE, "%s holds one snapshot only: name two files",
			     file);
	}
	while ((later = next(source, needs))) {
		libshare_snapshot_free(snap);
		snap = later;
	}
	libshare_source_close(source);
	return snap;
}

/* Say what either side lacks; as members of JSON, they are returned. */
static char *say_skipped(const struct libshare_options *options, FILE *out,
			 const struct libshare_snapshot *a, const struct libshare_snapshot *b)
{
	char *before = libshare_skipped_member(a, "skipped_before");
	char *after = libshare_skipped_member(b, "skipped_after");
	char *members = xasprintf("%s%s", before, after);
	struct libshare_printing how = options->how;

	how.out = out;
	libshare_skipped_say(&how, a, "before");
	libshare_skipped_say(&how, b, "after");
	free(before);
	free(after);
	return members;
}

/**
 * libshare_diff_run() - Compare recordings, or the ends of one.
 * @options: The command line.
 *
 * Return: The exit status: 0 when nothing changed, else 1.
 */
int libshare_diff_run(const struct libshare_options *options)
{
	const struct libshare_view *view = options->view;
	unsigned int needs = view->needs | libshare_filter_needs(&options->filter, view);
	struct libshare_snapshot *a, *b;
	struct libshare_change *change;
	struct libshare_columns columns;
	struct libshare_list before, after;
	struct libshare_output output;
	char why[256], *members;
	size_t nr;

	if (view != &libshare_tables[LIBSHARE_LIBRARIES] &&
	    view != &libshare_tables[LIBSHARE_PROCESSES])
		errx(LIBSHARE_TROUBLE, "--diff compares libraries or processes, not %s",
		     view->name);
	if (!libshare_columns_choose(view, options->columns, &columns, why, sizeof(why)))
		errx(LIBSHARE_TROUBLE, "%s", why);
	if (options->operand[1]) {
		a = load(options->operand[0], needs, NULL);
		b = load(options->operand[1], needs, NULL);
	} else {
		b = load(options->operand[0], needs, &a);
	}
	before = libshare_list_make(a, view, &a->table[view - libshare_tables], &options->filter);
	after = libshare_list_make(b, view, &b->table[view - libshare_tables], &options->filter);
	change = match(view, &before, &after, &nr);
	if (nr)
		qsort_r(change, nr, sizeof(*change), by_distance, (void *)options->sort);
	libshare_output_open(&output, options->output, false);
	members = say_skipped(options, output.out, a, b);
	if (nr || options->how.form != LIBSHARE_FORM_TABLE)
		print_changes(options, output.out, &columns, change, nr, members);
	libshare_output_close(&output);
	free(members);
	free(before.row);
	free(after.row);
	free(change);
	libshare_snapshot_free(a);
	libshare_snapshot_free(b);
	return nr ? LIBSHARE_DIFFERENT : EXIT_SUCCESS;
}
