// SPDX-License-Identifier: GPL-2.0-only
/* Tables for people and for programs, by libsmartcols; and CSV. */
#include <ctype.h>
#include <inttypes.h>
#include <libsmartcols.h>

#include "data/alloc.h"
#include "out/print.h"

#define CELL_BYTES 96	/* bytes that libsmartcols takes for a cell, about */

static bool add_column(struct columns *columns, const struct column *col)
{
	size_t i;

	for (i = 0; i < columns->nr; i++)
		if (columns->at[i] == col)
			return true;
	if (columns->nr == sizeof(columns->at) / sizeof(*columns->at))
		return false;
	columns->at[columns->nr++] = col;
	return true;
}

/**
 * columns_have() - Whether a column was chosen.
 * @columns: The columns.
 * @name: Its name.
 *
 * Return: Whether it was.
 */
bool columns_have(const struct columns *columns, const char *name)
{
	size_t i;

	for (i = 0; i < columns->nr; i++)
		if (!strcmp(columns->at[i]->name, name))
			return true;
	return false;
}

/**
 * columns_choose() - Which columns to print.
 * @view: Of this view.
 * @list: Names, separated by commas; "+NAME,…" adds to the default ones, "all"
 *        stands for all. NULL: the default ones.
 * @form: In what form they are printed, which has default columns of its own.
 * @columns: Set to them.
 * @why: Set to what is wrong with @list.
 * @size: Bytes of @why.
 *
 * Return: Whether there is nothing wrong.
 */
bool columns_choose(const struct view *view, const char *list, enum form form,
		    struct columns *columns, char *why, size_t size)
{
	bool all = list && !strcasecmp(list, "all"), add = list && *list == '+';
	unsigned int shown = form == FORM_JSON ? SHOWN | IN_JSON : SHOWN;
	const struct column *col;
	size_t len;

	columns->nr = 0;
	for (col = view->columns; col->name; col++)
		if (all || ((add || !list) && col->flags & shown))
			add_column(columns, col);
	if (all || !list)
		return true;
	for (list += add; *list; list += len + (list[len] == ',')) {
		len = strcspn(list, ",");
		col = column_find(view, list, len);
		if (!col) {
			snprintf(why, size, "unknown column '%.*s' of view %s (see --help)",
				 (int)len, list, view->name);
			return false;
		}
		add_column(columns, col);
	}
	if (!columns->nr)
		snprintf(why, size, "no columns to print: give at least one name");
	return columns->nr;
}

/**
 * print_begin() - Begin a table.
 * @how: In what form.
 * @name: What its rows are.
 *
 * Return: The table, for print_end().
 */
struct libscols_table *print_begin(const struct printing *how, const char *name)
{
	struct libscols_table *table = scols_new_table();

	if (!table)
		err(2, "cannot allocate memory");
	scols_table_set_name(table, name);
	scols_table_set_stream(table, how->out);
	scols_table_enable_json(table, how->form == FORM_JSON);
	scols_table_enable_raw(table, how->form == FORM_RAW);
	scols_table_enable_noheadings(table, !how->headings);
	return table;
}

/**
 * print_column() - Add a column to a table that has no rows yet.
 * @how: In what form.
 * @table: The table.
 * @col: What the column shows.
 */
void print_column(const struct printing *how, struct libscols_table *table,
		  const struct column *col)
{
	bool number = col->type != TEXT;
	struct libscols_column *column;
	char name[32];
	size_t i;

	for (i = 0; i < sizeof(name) - 1 && col->name[i]; i++)
		name[i] = how->form == FORM_CSV ? col->name[i] : toupper(col->name[i]);
	name[i] = '\0';
	column = scols_table_new_column(table, name, 0,
					number ? SCOLS_FL_RIGHT :
					col->flags & TAKES_REST ? SCOLS_FL_TRUNC : 0);
	if (!column)
		err(2, "cannot allocate memory");
	/* An address is no number that a reader of JSON would compute with. */
	if (number && col->type != HEX)
		scols_column_set_json_type(column, SCOLS_JSON_NUMBER);
}

static void print_csv_cell(FILE *out, const char *text)
{
	if (!strpbrk(text, ",\"\r\n")) {
		fputs(text, out);
		return;
	}
	fputc('"', out);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', out);
		fputc(*text, out);
	}
	fputc('"', out);
}

/* Comma-separated values as RFC 4180 has them, but for lines that end in \n. */
static void print_csv(const struct printing *how, struct libscols_table *table)
{
	struct libscols_iter *iter = scols_new_iter(SCOLS_ITER_FORWARD);
	size_t columns = scols_table_get_ncols(table), i;
	struct libscols_line *line;

	if (!iter)
		err(2, "cannot allocate memory");
	if (how->headings)
		fputs("time_ns", how->out);
	for (i = 0; how->headings && i < columns; i++) {
		struct libscols_column *column = scols_table_get_column(table, i);

		fputc(',', how->out);
		print_csv_cell(how->out, scols_cell_get_data(scols_column_get_header(column)));
	}
	if (how->headings)
		fputc('\n', how->out);
	while (!scols_table_next_line(table, iter, &line)) {
		if (how->time_ns != UNKNOWN)
			fprintf(how->out, "%" PRIu64, how->time_ns);
		for (i = 0; i < columns; i++) {
			const char *data = scols_cell_get_data(scols_line_get_cell(line, i));

			fputc(',', how->out);
			print_csv_cell(how->out, data ? data : "");
		}
		fputc('\n', how->out);
	}
	scols_free_iter(iter);
}

/* An object a line, whatever libsmartcols has it look like: strings hold no newline. */
static void print_json(const struct printing *how, struct libscols_table *table)
{
	char *text;
	const char *c;

	/* libsmartcols would print nothing for an empty table, which is no JSON. */
	if (!scols_table_get_nlines(table))
		text = xasprintf("{\"%s\": []}", scols_table_get_name(table));
	else if (scols_print_table_to_string(table, &text))
		err(2, "cannot allocate memory");
	c = text + 1;
	c += strspn(c, "\n ");
	fprintf(how->out, "{%s", how->members ?: "");
	while (*c) {
		size_t len = strcspn(c, "\n");

		fwrite(c, 1, len, how->out);
		c += len;
		c += strspn(c, "\n ");
	}
	fputc('\n', how->out);
	free(text);
}

/**
 * print_end() - Print a table and free it.
 * @how: In what form.
 * @table: The table.
 */
void print_end(const struct printing *how, struct libscols_table *table)
{
	if (how->form == FORM_CSV)
		print_csv(how, table);
	else if (how->form == FORM_JSON)
		print_json(how, table);
	else
		scols_print_table(table);
	scols_unref_table(table);
}

/**
 * print() - Print rows of a view.
 * @how: In what form.
 * @view: What the rows are.
 * @columns: What to print of them.
 * @list: The rows.
 *
 * What is not known is "-" for people, nothing in CSV and null in JSON.
 */
void print(const struct printing *how, const struct view *view,
	   const struct columns *columns, const struct list *list)
{
	struct libscols_table *table;
	bool human = how->form == FORM_TABLE && !how->bytes;
	bool blank = how->form == FORM_CSV || how->form == FORM_JSON;
	char buf[CELL_BYTES];
	size_t i, j;

	if (list->nr > memory_max / CELL_BYTES / columns->nr)
		errx(2, "a table of %zu rows takes more than %" PRIu64 " MiB of memory: choose rows with --filter, or allow more with --memory-max",
		     list->nr, memory_max >> 20);
	table = print_begin(how, view->name);
	for (j = 0; j < columns->nr; j++)
		print_column(how, table, columns->at[j]);
	for (i = 0; i < list->nr; i++) {
		struct libscols_line *line = scols_table_new_line(table, NULL);

		if (!line)
			err(2, "cannot allocate memory");
		for (j = 0; j < columns->nr; j++) {
			const char *text = column_format(columns->at[j], list->row[i],
							 human, buf);

			if (blank && columns->at[j]->type != TEXT && !strcmp(text, "-"))
				continue;
			if (scols_line_set_data(line, j, text))
				err(2, "cannot allocate memory");
		}
	}
	print_end(how, table);
}
