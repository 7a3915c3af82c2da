/* SPDX-License-Identifier: GPL-2.0-only */
/* Tables for people and for programs. */
#ifndef PRINT_H
#define PRINT_H

#include <stdbool.h>
#include <stdio.h>

#include "views/filter.h"

enum form {
	FORM_TABLE,
	FORM_RAW,
	FORM_JSON,
	FORM_CSV,
};

struct printing {
	enum form form;
	bool headings;
	bool bytes;		/* numbers instead of sizes for people */
	FILE *out;
	const char *members;	/* of JSON, before the table: "name": value, …; or NULL */
	uint64_t time_ns;	/* first column of CSV: when the snapshot was taken */
};

bool columns_have(const struct columns *columns, const char *name);
bool columns_choose(const struct view *view, const char *list, enum form form,
		    struct columns *columns, char *why, size_t size);
void print(const struct printing *how, const struct view *view,
	   const struct columns *columns, const struct list *list);

struct libscols_table;
struct libscols_table *print_begin(const struct printing *how, const char *name);
void print_column(const struct printing *how, struct libscols_table *table,
		  const struct column *col);
void print_end(const struct printing *how, struct libscols_table *table);

#endif
