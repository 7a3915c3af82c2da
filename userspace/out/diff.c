// SPDX-License-Identifier: GPL-2.0-only
/* What grew, shrank, came and went between two snapshots. */
#include <inttypes.h>
#include <libsmartcols.h>

#include "data/alloc.h"
#include "data/skipped.h"
#include "data/text.h"
#include "out/batch.h"
#include "out/diff.h"
#include "out/output.h"
#include "out/say.h"
#include "views/groups.h"
#include "views/members.h"
#include "views/totals.h"

/* How much memory a row takes: of a library, its file pages and its copies. */
static uint64_t takes(const struct view *view, const void *row)
{
	const struct library *lib = row;
	const struct process *proc = row;
	const struct group_sum *sum = row;

	if (view == &tables[LIBRARIES])
		return lib->mapped + known(lib->cow_unique);
	if (view == &tables[PROCESSES])
		return proc->pss;
	return column_find(view, "pss", 3) ? sum->pss : sum->mapped + known(sum->cow_unique);
}

static const char *name_change(const struct view *view, const struct change *c)
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

static uint64_t distance(const struct column *by, const struct change *c)
{
	uint64_t before = c->before ? column_number(by, c->before) : 0;
	uint64_t after = c->after ? column_number(by, c->after) : 0;

	if (before == UNKNOWN || after == UNKNOWN)
		return 0;
	return after > before ? after - before : before - after;
}

/**
 * diff_is_changed() - Whether a row is another than before.
 * @columns: The columns that are shown, of which amounts count.
 * @before: The row as it was, or NULL.
 * @after: The row as it is, or NULL.
 * @min: Bytes by which one amount of memory must differ, or 0.
 *
 * Return: Whether it is.
 */
bool diff_is_changed(const struct columns *columns, const void *before,
		     const void *after, uint64_t min)
{
	const struct change c = { before, after };
	size_t i;

	for (i = 0; i < columns->nr; i++) {
		const struct column *col = columns->at[i];

		if (col->type < COUNT || (min && col->type != BYTES))
			continue;
		if (distance(col, &c) >= (min ?: 1))
			return true;
	}
	return !min && (!before || !after);
}

/* What takes the snapshots is not what they are about. */
static bool is_ours(const struct view *view, const void *row)
{
	static const char own[] = "libshare-top";
	const struct library *lib = row;
	const struct process *proc = row;

	if (view == &tables[PROCESSES])
		return !strcmp(proc->comm, own);
	return view == &tables[LIBRARIES] && !strcmp(text_name(lib->path), own);
}

static struct change *match(const struct options *options,
			    const struct columns *columns,
			    const struct list *before,
			    const struct list *after, size_t *nr)
{
	const struct view *view = options->view;
	struct change *change = xcalloc(before->nr + after->nr, sizeof(*change));
	struct list old = diff_sort(view, before);
	struct list new = diff_sort(view, after);
	size_t i = 0, j = 0;

	*nr = 0;
	while (i < old.nr || j < new.nr) {
		struct change c = { 0 };
		const void *row;
		int way = i == old.nr ? 1 : j == new.nr ? -1 :
			  same_compare(&old.row[i], &new.row[j], (void *)view);

		if (way <= 0)
			c.before = old.row[i++];
		if (way >= 0)
			c.after = new.row[j++];
		row = c.after ?: c.before;
		if (row && !is_ours(view, row) &&
		    diff_is_changed(columns, c.before, c.after, options->min))
			change[(*nr)++] = c;
	}
	free(old.row);
	free(new.row);
	return change;
}

/* Amounts by how much they changed, largest first; all else as in a table. */
static int by_change(const void *a, const void *b, void *data)
{
	const struct options *options = data;
	const struct column *by = options->sort;
	const struct change *x = a, *y = b;
	uint64_t p, q;
	int way;

	if (by->type < COUNT) {
		way = column_compare(by, x->after ?: x->before, y->after ?: y->before);
	} else {
		p = distance(by, x);
		q = distance(by, y);
		way = (p < q) - (p > q);
	}
	return options->reverse ? -way : way;
}

/* The sums over all libraries, as the header of the live view has them. */
static void print_totals(const struct options *options, FILE *out,
			 const struct snapshot *a, const struct snapshot *b)
{
	struct totals before, after;
	bool human = !options->how.bytes;
	size_t i;

	if (!(a->has & b->has & HAS(LIBRARIES)))
		return;
	totals_add(&before, a);
	totals_add(&after, b);
	for (i = 0; totals_names[i].name; i++) {
		uint64_t was = totals_at(&before, i), is = totals_at(&after, i);
		char size[CELL], delta[CELL];

		if (!totals_names[i].label || was == UNKNOWN ||
		    is == UNKNOWN)
			continue;
		snprintf(size, sizeof(size), "%" PRIu64, is);
		fprintf(out, "%-16s %8s  %s\n", totals_names[i].label,
			human ? text_size(is, size) : size,
			text_delta(was, is, human, delta));
	}
	fputc('\n', out);
}

static void set_cell(struct libscols_line *line, size_t column, const char *text)
{
	if (scols_line_set_data(line, column, text))
		err(TROUBLE, "cannot allocate memory");
}

static const struct column change_column = {
	"change", TEXT, 0, SHOWN, "new, gone, grew, shrank or changed"
};

static void print_changes(const struct options *options, FILE *out,
			  const struct columns *columns,
			  const struct change *change, size_t nr, const char *members,
			  uint64_t time_ns)
{
	struct printing how = options->how;
	bool human = how.form == FORM_TABLE && !how.bytes;
	struct libscols_table *table;
	char buf[CELL];
	size_t i, j;

	how.out = out;
	how.members = members;
	how.time_ns = time_ns;
	table = print_begin(&how, "changes");
	print_column(&how, table, &change_column);
	for (j = 0; j < columns->nr; j++)
		print_column(&how, table, columns->at[j]);
	for (i = 0; i < nr; i++) {
		struct libscols_line *line = scols_table_new_line(table, NULL);
		const void *row = change[i].after ? change[i].after : change[i].before;

		if (!line)
			err(TROUBLE, "cannot allocate memory");
		set_cell(line, 0, name_change(options->view, &change[i]));
		for (j = 0; j < columns->nr; j++) {
			const struct column *col = columns->at[j];
			uint64_t was, is;

			if (col->type < COUNT) {
				set_cell(line, j + 1,
					 column_format(col, row, human, buf));
				continue;
			}
			was = change[i].before ? column_number(col, change[i].before) : 0;
			is = change[i].after ? column_number(col, change[i].after) : 0;
			if (was == UNKNOWN || is == UNKNOWN) {
				if (how.form == FORM_TABLE || how.form == FORM_RAW)
					set_cell(line, j + 1, "-");
				continue;
			}
			text_delta(was, is, human && col->type == BYTES, buf);
			/* JSON knows no plus sign. */
			set_cell(line, j + 1, *buf == '+' && how.form != FORM_TABLE ?
				 buf + 1 : buf);
		}
	}
	print_end(&how, table);
}

static struct snapshot *next(struct source *source, unsigned int needs)
{
	struct snapshot *snap;
	int got = source_next(source, needs, &snap);

	if (got < 0)
		errx(TROUBLE, "%s", source_why(source));
	return got ? snap : NULL;
}

/* The last snapshot of a file, and its first if that is asked for. */
static struct snapshot *load(const char *file, unsigned int needs,
			     struct snapshot **first)
{
	struct source *source = source_replay(file);
	struct snapshot *snap = next(source, needs), *later;

	if (!snap)
		errx(TROUBLE, "%s holds no snapshot", file);
	if (first) {
		*first = snap;
		snap = next(source, needs);
		if (!snap)
			errx(TROUBLE, "%s holds one snapshot only: name two files",
			     file);
	}
	while ((later = next(source, needs))) {
		snapshot_free(snap);
		snap = later;
	}
	source_close(source);
	return snap;
}

/* Say what either side lacks; as members of JSON, they are returned. */
static char *say_skipped(const struct options *options, FILE *out,
			 const struct snapshot *a, const struct snapshot *b)
{
	char *before = skipped_json(a), *after = skipped_json(b), *members;
	struct printing how = options->how;
	size_t size;
	FILE *text = open_memstream(&members, &size);

	if (!text)
		err(TROUBLE, "cannot allocate memory");
	fprintf(text, "\"schema\": %d, \"version\": \"%s\", \"before\": {", SCHEMA,
		LIBSHARE_VERSION);
	members_identity(text, a, true);
	fputs(", \"totals\": ", text);
	members_totals(text, a);
	fputs("}, \"after\": {", text);
	members_identity(text, b, true);
	fputs(", \"totals\": ", text);
	members_totals(text, b);
	fprintf(text, "}, \"skipped_before\": %s, \"skipped_after\": %s, ", before, after);
	if (fclose(text))
		err(TROUBLE, "cannot allocate memory");

	how.out = out;
	skipped_say(&how, a, "before");
	skipped_say(&how, b, "after");
	free(before);
	free(after);
	return members;
}

/**
 * diff_run() - Compare recordings, or the ends of one.
 * @options: The command line.
 *
 * Return: The exit status: 0 when nothing changed, else 1.
 */
int diff_run(const struct options *options)
{
	const struct view *view = options->view;
	unsigned int needs = view->needs | filter_needs(&options->filter, view);
	struct snapshot *a, *b;
	struct change *change;
	struct columns columns;
	struct list before, after;
	struct output output;
	char why[1024], *members;
	struct rows rows[2];
	bool made;
	size_t nr;

	if (view != &tables[LIBRARIES] && view != &tables[PROCESSES] && !options->by)
		errx(TROUBLE, "--diff compares libraries or processes, not %s",
		     view->name);
	if (!columns_choose(view, options->columns, options->how.form, &columns, why, sizeof(why)))
		errx(TROUBLE, "%s", why);
	if (options->operand[1]) {
		a = load(options->operand[0], needs, NULL);
		b = load(options->operand[1], needs, NULL);
	} else {
		b = load(options->operand[0], needs, &a);
	}
	rows[0] = view_rows(a, view, &options->filter, &made);
	rows[1] = view_rows(b, view, &options->filter, &made);
	before = list_make(a, view, &rows[0], &options->filter);
	after = list_make(b, view, &rows[1], &options->filter);
	if (!before.nr && !after.nr &&
	    filter_problem(b, view, &options->filter, &after, why, sizeof(why)))
		errx(TROUBLE, "%s", why);
	change = match(options, &columns, &before, &after, &nr);
	if (nr)
		qsort_r(change, nr, sizeof(*change), by_change, (void *)options);
	output_open(&output, options->output, false);
	members = say_skipped(options, output.out, a, b);
	if (options->how.form == FORM_TABLE && nr)
		print_totals(options, output.out, a, b);
	if (nr || options->how.form != FORM_TABLE)
		print_changes(options, output.out, &columns, change, nr, members, b->time_ns);
	output_close(&output);
	free(members);
	free(before.row);
	free(after.row);
	free(change);
	if (made) {
		free(rows[0].at);
		free(rows[1].at);
	}
	snapshot_free(a);
	snapshot_free(b);
	return nr ? DIFFERENT : EXIT_SUCCESS;
}
