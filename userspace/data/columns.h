/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The columns of all tables, in one place: what is parsed, shown, sorted,
 * explained by --help and typed in JSON follows from it.
 */
#ifndef COLUMNS_H
#define COLUMNS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "data/snapshot.h"

enum type {
	TEXT,		/* const char * */
	ID,		/* the rest uint64_t: which one, not how many */
	HEX,
	COUNT,
	BYTES,
};

enum column_flag {
	SHOWN = 1,	/* if no other columns are asked for */
	OPTIONAL = 2,	/* older modules do not print it */
	TAKES_REST = 4, /* long text, which takes what room there is */
	IN_JSON = 8,	/* shown in JSON, which is as wide as it likes */
	WIDE = 16,	/* in the live view, if the screen has room */
};

struct column {
	const char *name;	/* as in the file; shown in capitals */
	enum type type;
	size_t offset;		/* in the row's structure */
	unsigned int flags;
	const char *help;
};

/* For the tables of columns: the member @field of struct @row. */
#define COLUMN(row, field, type, flags, help) \
	{ #field, type, offsetof(struct row, field), flags, help }
#define PATH (SHOWN | TAKES_REST)

/* A table that can be read from a file, or shown, or both. */
struct view {
	const char *name;
	const char *help;
	const struct column *columns;	/* up to one without a name */
	size_t row_size;
	unsigned int needs;	/* HAS(): tables to make it from */
	const char *sort;	/* its natural order */
	const char *grows;	/* the column that says how much memory a row takes */
};

/* Columns that were chosen. */
struct columns {
	const struct column *at[64];
	size_t nr;
};

extern const struct view tables[TABLES];
extern const struct column audit_columns[];
extern const struct column programs_columns[];
extern const struct column distinct_columns[];

const struct column *column_find(const struct view *view, const char *name, size_t len);

static inline uint64_t column_number(const struct column *col, const void *row)
{
	return *(const uint64_t *)((const char *)row + col->offset);
}

static inline const char *column_text(const struct column *col, const void *row)
{
	return *(const char *const *)((const char *)row + col->offset);
}

int column_compare(const struct column *col, const void *a, const void *b);

#define CELL 32	/* bytes that any formatted number fits in */

const char *column_format(const struct column *col, const void *row, bool human,
			  char buf[CELL]);

#endif
