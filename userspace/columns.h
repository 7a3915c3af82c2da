/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The columns of all tables, in one place: what is parsed, shown, sorted,
 * explained by --help and typed in JSON follows from it.
 */
#ifndef LIBSHARE_COLUMNS_H
#define LIBSHARE_COLUMNS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "snapshot.h"

enum libshare_type {
	LIBSHARE_TEXT,		/* const char * */
	LIBSHARE_ID,		/* the rest uint64_t: which one, not how many */
	LIBSHARE_HEX,
	LIBSHARE_COUNT,
	LIBSHARE_BYTES,
};

enum libshare_column_flag {
	LIBSHARE_SHOWN = 1,	/* where nobody asks for other columns */
	LIBSHARE_OPTIONAL = 2,	/* older modules do not print it */
	LIBSHARE_TAKES_REST = 4, /* long text, which takes what room there is */
};

struct libshare_column {
	const char *name;	/* as in the file; shown in capitals */
	enum libshare_type type;
	size_t offset;		/* in the row's structure */
	unsigned int flags;
	const char *help;
};

/* For the tables of columns: the member @field of struct @row. */
#define LIBSHARE_COLUMN(row, field, type, flags, help) \
	{ #field, LIBSHARE_##type, offsetof(struct row, field), flags, help }
#define LIBSHARE_PATH (LIBSHARE_SHOWN | LIBSHARE_TAKES_REST)

/* A table that can be read from a file, or shown, or both. */
struct libshare_view {
	const char *name;
	const char *help;
	const struct libshare_column *columns;	/* up to one without a name */
	size_t row_size;
	unsigned int needs;	/* LIBSHARE_HAS(): tables to make it from */
	const char *sort;	/* its natural order */
	const char *grows;	/* the column that says how much memory a row takes */
};

extern const struct libshare_view libshare_tables[LIBSHARE_TABLES];
extern const struct libshare_view libshare_sections_view;
extern const struct libshare_view libshare_duplicates_view;
extern const struct libshare_view *const libshare_views[];

const struct libshare_view *libshare_view_find(const char *name);
const struct libshare_column *libshare_column_find(const struct libshare_view *view,
						   const char *name, size_t len);
void libshare_columns_help(FILE *out);

static inline uint64_t libshare_column_number(const struct libshare_column *col, const void *row)
{
	return *(const uint64_t *)((const char *)row + col->offset);
}

static inline const char *libshare_column_text(const struct libshare_column *col, const void *row)
{
	return *(const char *const *)((const char *)row + col->offset);
}

int libshare_column_compare(const struct libshare_column *col, const void *a, const void *b);

#define LIBSHARE_CELL 32	/* bytes that any formatted number fits in */

const char *libshare_column_format(const struct libshare_column *col, const void *row, bool human,
				   char buf[LIBSHARE_CELL]);

#endif
