// SPDX-License-Identifier: GPL-2.0-only
/*
 * A row is compared if /proc says the same of it before and after. So what changes on a
 * busy machine is not taken for a mistake of the module. A process that came or went
 * meanwhile changes what is said of its libraries and of all that map them; of these, only
 * what no other process can change is compared. Columns that /proc does not know are left
 * out.
 */
#include <inttypes.h>

#include "data/alloc.h"
#include "data/columns.h"
#include "data/hash.h"
#include "data/order.h"
#include "views/verify_rows.h"

/* Note that @column of row @name differs. Return: Whether it did so each time. */
static bool note(struct verify *v, enum table_id id, const char *name, const char *column)
{
	uint64_t key = XXH64(name, strlen(name), XXH64(column, strlen(column), id));

	if (v->again && (!v->earlier.nr || !bsearch(&key, v->earlier.at, v->earlier.nr,
						    sizeof(key), order_numbers)))
		return false;
	v->now.at = xrealloc(v->now.at, v->now.nr + 1, sizeof(key));
	v->now.at[v->now.nr++] = key;
	return true;
}

/**
 * verify_remember() - Let the next comparison count only what differs in this one too.
 * @v: What was compared.
 */
void verify_remember(struct verify *v)
{
	free(v->earlier.at);
	v->earlier = v->now;
	v->now = (struct verify_keys) { 0 };
	if (v->earlier.nr)
		qsort(v->earlier.at, v->earlier.nr, sizeof(*v->earlier.at), order_numbers);
	v->again = true;
}

__printf(5, 6)
static void tell(struct verify *v, enum table_id id, const char *name, const char *column,
		 const char *format, ...)
{
	va_list args;
	char *text;

	if (!note(v, id, name, column))
		return;
	if (v->count[id].differ++ >= VERIFY_TOLD)
		return;
	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		err(2, "cannot allocate memory");
	va_end(args);
	v->told[v->nr_told++] = xasprintf("%s: %s", tables[id].name, text);
	free(text);
}

static bool is_one_of(const struct column *col, const char *const *name)
{
	while (*name && strcmp(col->name, *name))
		name++;
	return *name;
}

static bool is_left_out(const struct column *col, const struct triple *rows)
{
	/* Names may differ by who is asked, numbers of libraries by scan. */
	static const char *const always[] = { "lib", "path", "flags", "buildid", NULL };
	static const char *const identity[] = { "dev", "ino", NULL };
	/* What other processes do changes these. */
	static const char *const others[] = { "shared", "cow_shared", "pss", "private", NULL };

	return is_one_of(col, always) || (rows->overlay && is_one_of(col, identity)) ||
	       (rows->passing && is_one_of(col, others));
}

static bool same(const struct column *col, const void *a, const void *b)
{
	return !column_compare(col, a, b);
}

static bool is_unknown(const struct column *col, const void *row)
{
	if (col->type == TEXT)
		return !strcmp(column_text(col, row), "-");
	return column_number(col, row) == UNKNOWN;
}

static bool is_steady(const struct view *view, const struct triple *rows)
{
	const struct column *col;

	for (col = view->columns; col->name; col++)
		if (!is_left_out(col, rows) && !same(col, rows->before, rows->after))
			return false;
	return true;
}

/* The first column that the module has otherwise, or NULL. */
static const struct column *first_wrong(const struct view *view,
					const struct triple *rows)
{
	const struct column *col;

	for (col = view->columns; col->name; col++) {
		if (is_left_out(col, rows) || is_unknown(col, rows->before) ||
		    same(col, rows->before, rows->module))
			continue;
		/* The module says so where the kernel keeps no count. */
		if (!strcmp(col->name, "mapcount") && is_unknown(col, rows->module))
			continue;
		return col;
	}
	return NULL;
}

/**
 * verify_row() - Compare a row that /proc has before and after.
 * @v: What is compared.
 * @id: The table.
 * @rows: The row, in the three snapshots.
 * @nr: How many rows it stands for.
 * @name: What to call it.
 */
void verify_row(struct verify *v, enum table_id id,
		const struct triple *rows, uint64_t nr, const char *name)
{
	const struct view *view = &tables[id];
	const struct column *col;
	char want[CELL], got[CELL];

	if (!is_steady(view, rows)) {
		v->count[id].changed += nr;
		return;
	}
	v->count[id].compared += nr;
	if (!rows->module) {
		tell(v, id, name, "", "%s: the module lacks it", name);
		return;
	}
	col = first_wrong(view, rows);
	if (col)
		tell(v, id, name, col->name, "%s: %s is %s by the module, %s by /proc",
		     name, col->name,
		     column_format(col, rows->module, false, got),
		     column_format(col, rows->before, false, want));
}

/**
 * verify_extra() - Check that /proc has a row of the module, before or after.
 * @v: What is compared.
 * @id: The table.
 * @rows: The row, in the three snapshots.
 * @name: What to call it.
 */
void verify_extra(struct verify *v, enum table_id id,
		  const struct triple *rows, const char *name)
{
	if (rows->before && rows->after)
		return;
	if (rows->before || rows->after || rows->passing) {
		v->count[id].changed++;
		return;
	}
	v->count[id].compared++;
	tell(v, id, name, "", "%s: only the module has it", name);
}
