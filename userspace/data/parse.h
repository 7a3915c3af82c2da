/* SPDX-License-Identifier: GPL-2.0-only */
/* From lines of text, as libshare(4) describes them, to snapshots. */
#ifndef PARSE_H
#define PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/columns.h"

#define FORMAT 1	/* the version that this program reads */
#define WHY 512	/* bytes that a reason takes at most */
#define FIELDS 128	/* columns that a table may have */

enum parsed {
	WRONG = -1,	/* @why says so */
	TAKEN,		/* the line is part of the snapshot */
	NEXT,		/* the snapshot ends before this line */
};

struct parser {
	struct snapshot *snap;	/* that is being read, or NULL */
	enum { HEAD, NAMES, ROWS } expect;
	int table;			/* enum table_id; -1: to be skipped */
	size_t fields;			/* of each row */
	const struct column *column[FIELDS];
	const char *last[FIELDS]; /* text of the row before */
	char why[WHY];
};

enum parsed parse_line(struct parser *p, char *line, size_t len);
struct snapshot *parse_end(struct parser *p);

#endif
