/* SPDX-License-Identifier: GPL-2.0-only */
/* Tables for people and for programs. */
#ifndef LIBSHARE_PRINT_H
#define LIBSHARE_PRINT_H

#include <stdbool.h>
#include <stdio.h>

#include "filter.h"

enum libshare_form {
	LIBSHARE_FORM_TABLE,
	LIBSHARE_FORM_RAW,
	LIBSHARE_FORM_JSON,
	LIBSHARE_FORM_CSV,
};

struct libshare_printing {
	enum libshare_form form;
	bool headings;
	bool bytes;		/* numbers instead of sizes for people */
	FILE *out;
	const char *members;	/* of JSON, before the table: "name": value, …; or NULL */
	uint64_t time_ns;	/* first column of CSV: when the snapshot was taken */
};

struct libshare_columns {
	const struct libshare_column *at[64];
	size_t nr;
};

bool libshare_columns_have(const struct libshare_columns *columns, const char *name);
bool libshare_columns_choose(const struct libshare_view *view, const char *list,
			     struct libshare_columns *columns, char *why, size_t size);
void libshare_print(const struct libshare_printing *how, const struct libshare_view *view,
		    const struct libshare_columns *columns, const struct libshare_list *list);

struct libscols_table;
struct libscols_table *libshare_print_begin(const struct libshare_printing *how, const char *name);
void libshare_print_column(const struct libshare_printing *how, struct libscols_table *table,
			   const struct libshare_column *col);
void libshare_print_end(const struct libshare_printing *how, struct libscols_table *table);

#endif
