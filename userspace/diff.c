// SPDX-License-Identifier: GPL-2.0-only
/* What grew, shrank, came and went between two snapshots. */
#include <inttypes.h>
#include <libsmartcols.h>

#include "alloc.h"
#include "batch.h"
#include "diff.h"
#include "members.h"
#include "output.h"
#include "skipped.h"
#include "text.h"
#include "totals.h"

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

static uint64_t distance(const struct libshare_column *by, const struct libshare_change *c)
{
	uint64_t before = c->before ? libshare_column_number(by, c->before) : 0;
	uint64_t after = c->after ? libshare_column_number(by, c->after) : 0;

	return after > before ? after - before : before - after;
}

/**
 * libshare_diff_is_changed() - Whether a row is another than before.
 * @columns: The columns that are shown, of which amounts count.
 * @before: The row as it was, or NULL.
 * @after: The row as it is, or NULL.
 * @min: Bytes by which one amount of memory must differ, or 0.
 *
 * Return: Whether it is.
 */
bool libshare_diff_is_changed(const struct libshare_columns *columns, const void *before,
			      const void *after, uint64_t min)
{
	const struct libshare_change c = { before, after };
	size_t i;

	for (i = 0; i < columns->nr; i++) {
		const struct libshare_column *col = columns->at[i];

		if (col->type < LIBSHARE_COUNT || (min && col->type != LIBSHARE_BYTES))
			continue;
		if (distance(col, &c) >= (min ?: 1))
			return true;
	}
	return !min && (!before || !after);
}

/* What takes the snapshots is not what they are about. */
static bool is_ours(const struct libshare_view *view, const void *row)
{
	static const char own[] = "libshare-top";
	const struct libshare_library *lib = row;
	const struct libshare_process *proc = row;

	if (view == &libshare_tables[LIBSHARE_PROCESSES])
		return !strcmp(proc->comm, own);
	return !strcmp(libshare_text_name(lib->path), own);
}

static struct libshare_change *match(const struct libshare_options *options,
				     const struct libshare_columns *columns,
				     const struct libshare_list *before,
				     const struct libshare_list *after, size_t *nr)
{
	const struct libshare_view *view = options->view;
	struct libshare_change *change = xcalloc(before->nr + after->nr, sizeof(*change));
	struct libshare_list old = libshare_diff_sort(view, before);
	struct libshare_list new = libshare_diff_sort(view, after);
	size_t i = 0, j = 0;

	*nr = 0;
	while (i < old.nr || j < new.nr) {
		struct libshare_change c = { 0 };
		const void *row;
		int way = i == old.nr ? 1 : j == new.nr ? -1 :
			  libshare_same_compare(&old.row[i], &new.row[j], (void *)view);

		if (way <= 0)
			c.before = old.row[i++];
		if (way >= 0)
			c.after = new.row[j++];
		row = c.after ?: c.before;
		if (row && !is_ours(view, row) &&
		    libshare_diff_is_changed(columns, c.before, c.after, options->min))
			change[(*nr)++] = c;
	}
	free(old.row);
	free(new.row);
	return change;
}

/* Amounts by how much they changed, largest first; all else as in a table. */
static int by_change(const void *a, const void *b, void *data)
{
	const struct libshare_options *options = data;
	const struct libshare_column *by = options->sort;
	const struct libshare_change *x = a, *y = b;
	uint64_t p, q;
	int way;

	if (by->type < LIBSHARE_COUNT) {
		way = libshare_column_compare(by, x->after ?: x->before, y->after ?: y->before);
	} else {
		p = distance(by, x);
		q = distance(by, y);
		way = (p < q) - (p > q);
	}
	return options->reverse ? -way : way;
}

/* The sums over all libraries, as the header of the live view has them. */
static void print_totals(const struct libshare_options *options, FILE *out,
			 const struct libshare_snapshot *a, const struct libshare_snapshot *b)
{
	struct libshare_totals before, after;
	bool human = !options->how.bytes;
	size_t i;

	if (!(a->has & b->has & LIBSHARE_HAS(LIBSHARE_LIBRARIES)))
		return;
	libshare_totals_add(&before, a);
	libshare_totals_add(&after, b);
	for (i = 0; libshare_totals_names[i].name; i++) {
		uint64_t was = libshare_totals_at(&before, i), is = libshare_totals_at(&after, i);
		char size[LIBSHARE_CELL], delta[LIBSHARE_CELL];

		if (!libshare_totals_names[i].label || was == LIBSHARE_UNKNOWN ||
		    is == LIBSHARE_UNKNOWN)
			continue;
		snprintf(size, sizeof(size), "%" PRIu64, is);
		fprintf(out, "%-16s %8s  %s\n", libshare_totals_names[i].label,
			human ? libshare_text_size(is, size) : size,
			libshare_text_delta(was, is, human, delta));
	}
	fputc('\n', out);
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
			  const struct libshare_change *change, size_t nr, const char *members,
			  uint64_t time_ns)
{
	struct libshare_printing how = options->how;
	bool human = how.form == LIBSHARE_FORM_TABLE && !how.bytes;
	struct libscols_table *table;
	char buf[LIBSHARE_CELL];
	size_t i, j;

	how.out = out;
	how.members = members;
	how.time_ns = time_ns;
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

	if (!snap)
		errx(LIBSHARE_TROUBLE, "%s holds no snapshot", file);
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
	char *before = libshare_skipped_json(a), *after = libshare_skipped_json(b), *members;
	struct libshare_printing how = options->how;
	size_t size;
	FILE *text = open_memstream(&members, &size);

	if (!text)
		err(LIBSHARE_TROUBLE, "cannot allocate memory");
	fprintf(text, "\"schema\": %d, \"version\": \"%s\", \"before\": {", LIBSHARE_SCHEMA,
		LIBSHARE_VERSION);
	libshare_members_identity(text, a, true);
	fputs(", \"totals\": ", text);
	libshare_members_totals(text, a);
	fputs("}, \"after\": {", text);
	libshare_members_identity(text, b, true);
	fputs(", \"totals\": ", text);
	libshare_members_totals(text, b);
	fprintf(text, "}, \"skipped_before\": %s, \"skipped_after\": %s, ", before, after);
	if (fclose(text))
		err(LIBSHARE_TROUBLE, "cannot allocate memory");

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
	char why[1024], *members;
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
	if (!before.nr && !after.nr &&
	    libshare_filter_problem(b, view, &options->filter, &after, why, sizeof(why)))
		errx(LIBSHARE_TROUBLE, "%s", why);
	change = match(options, &columns, &before, &after, &nr);
	if (nr)
		qsort_r(change, nr, sizeof(*change), by_change, (void *)options);
	libshare_output_open(&output, options->output, false);
	members = say_skipped(options, output.out, a, b);
	if (options->how.form == LIBSHARE_FORM_TABLE && nr)
		print_totals(options, output.out, a, b);
	if (nr || options->how.form != LIBSHARE_FORM_TABLE)
		print_changes(options, output.out, &columns, change, nr, members, b->time_ns);
	libshare_output_close(&output);
	free(members);
	free(before.row);
	free(after.row);
	free(change);
	libshare_snapshot_free(a);
	libshare_snapshot_free(b);
	return nr ? LIBSHARE_DIFFERENT : EXIT_SUCCESS;
}
