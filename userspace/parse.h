/* SPDX-License-Identifier: GPL-2.0-only */
/* From lines of text, as libshare(4) describes them, to snapshots. */
#ifndef LIBSHARE_PARSE_H
#define LIBSHARE_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "columns.h"

#define LIBSHARE_FORMAT 1	/* the version that this program reads */
#define LIBSHARE_WHY 512	/* bytes that a reason takes at most */
#define LIBSHARE_FIELDS 128	/* columns that a table may have */

enum libshare_parsed {
	LIBSHARE_WRONG = -1,	/* @why says so */
	LIBSHARE_TAKEN,		/* the line is part of the snapshot */
	LIBSHARE_NEXT,		/* the snapshot ends before this line */
};

struct libshare_parser {
	struct libshare_snapshot *snap;	/* that is being read, or NULL */
	enum { HEAD, NAMES, ROWS } expect;
	int table;			/* enum libshare_table_id; -1: to be skipped */
	size_t fields;			/* of each row */
	const struct libshare_column *column[LIBSHARE_FIELDS];
	const char *last[LIBSHARE_FIELDS]; /* text of the row before */
	char why[LIBSHARE_WHY];
};

enum libshare_parsed libshare_parse_line(struct libshare_parser *p, char *line, size_t len);
struct libshare_snapshot *libshare_parse_end(struct libshare_parser *p);

#endif
