// SPDX-License-Identifier: GPL-2.0-only
/*
 * A row is compared if /proc says the same of it before and after. So what changes on a
 * busy machine is not taken for a mistake of the module. A process that came or went
 * meanwhile changes what is said of its libraries and of all that map them; of these, only
 * what no other process can change is compared. Columns that /proc does not know are left
 * out.
 */
#include <inttypes.h>

#include "alloc.h"
#include "columns.h"
#include "verify_rows.h"

__printf(3, 4)
static void tell(struct libshare_verify *v, enum libshare_table_id id, const char *format, ...)
{
	va_list args;
	char *text;

	if (v->count[id].differ++ >= LIBSHARE_VERIFY_TOLD)
		return;
	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		err(2, "cannot allocate memory");
	va_end(args);
	v->told[v->nr_told++] = xasprintf("%s: %s", libshare_tables[id].name, text);
	free(text);
}

static bool is_one_of(const struct libshare_column *col, const char *const *name)
{
	while (*name && strcmp(col->name, *name))
		name++;
	return *name;
}

static bool is_left_out(const struct libshare_column *col, const struct libshare_triple *rows)
{
	/* Names may differ by who is asked, numbers of libraries by scan. */
	static const char *const always[] = { "lib", "path", "flags", "buildid", NULL };
	static const char *const identity[] = { "dev", "ino", NULL };
	/* What other processes do changes these. */
	static const char *const others[] = { "shared", "cow_shared", "pss", "private", NULL };

	return is_one_of(col, always) || (rows->overlay && is_one_of(col, identity)) ||
	       (rows->passing && is_one_of(col, others));
}

static bool same(const struct libshare_column *col, const void *a, const void *b)
{
	return !libshare_column_compare(col, a, b);
}

static bool is_unknown(const struct libshare_column *col, const void *row)
{
	if (col->type == LIBSHARE_TEXT)
		return !strcmp(libshare_column_text(col, row), "-");
	return libshare_column_number(col, row) == LIBSHARE_UNKNOWN;
}

static bool is_steady(const struct libshare_view *view, const struct libshare_triple *rows)
{
	const struct libshare_column *col;

	for (col = view->columns; col->name; col++)
		if (!is_left_out(col, rows) && !same(col, rows->before, rows->after))
			return false;
	return true;
}

/* The first column that the module has otherwise, or NULL. */
static const struct libshare_column *first_wrong(const struct libshare_view *view,
						 const struct libshare_triple *rows)
{
	const struct libshare_column *col;

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
 * libshare_verify_row() - Compare a row that /proc has before and after.
 * @v: What is compared.
 * @id: The table.
 * @rows: The row, in the three snapshots.
 * @nr: How many rows it stands for.
 * @name: What to call it.
 */
void libshare_verify_row(struct libshare_verify *v, enum libshare_table_id id,
			 const struct libshare_triple *rows, uint64_t nr, const char *name)
{
	const struct libshare_view *view = &libshare_tables[id];
	const struct libshare_column *col;
	char want[LIBSHARE_CELL], got[LIBSHARE_CELL];

	if (!is_steady(view, rows)) {
		v->count[id].changed += nr;
		return;
	}
	v->count[id].compared += nr;
	if (!rows->module) {
		tell(v, id, "%s: the module lacks it", name);
		return;
	}
	col = first_wrong(view, rows);
	if (col)
		tell(v, id, "%s: %s is %s by the module, %s by /proc", name, col->name,
		     libshare_column_format(col, rows->module, false, got),
		     libshare_column_format(col, rows->before, false, want));
}

/**
 * libshare_verify_extra() - Check that /proc has a row of the module, before or after.
 * @v: What is compared.
 * @id: The table.
 * @rows: The row, in the three snapshots.
 * @name: What to call it.
 */
void libshare_verify_extra(struct libshare_verify *v, enum libshare_table_id id,
			   const struct libshare_triple *rows, const char *name)
{
	if (rows->before && rows->after)
		return;
	if (rows->before || rows->after || rows->passing) {
		v->count[id].changed++;
		return;
	}
	v->count[id].compared++;
	tell(v, id, "%s: only the module has it", name);
}
