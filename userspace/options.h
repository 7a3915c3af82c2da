/* SPDX-License-Identifier: GPL-2.0-only */
/* What the command line asks for. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "data/columns.h"
#include "out/print.h"
#include "views/filter.h"

/* Exit status, as grep(1) and diff(1) have them. */
#define NO_MATCH 1
#define DIFFERENT 1
#define TROUBLE 2

enum mode {
	MODE_LIVE,
	MODE_BATCH,
	MODE_RECORD,
	MODE_DIFF,
	MODE_OPENMETRICS,
	MODE_PICTURE,
	MODE_MAP,
	MODE_LINKING,
	MODE_HTML,
	MODE_VERIFY,
	MODE_COLUMNS,
};

enum source_choice {
	SOURCE_AUTO,	/* the module, or /proc where that cannot be read */
	SOURCE_MODULE,
	SOURCE_PROC,
};

struct options {
	enum mode mode;
	const struct view *view;
	const char *by;			/* what rows are put together by, or NULL */
	struct filter filter;
	const char *columns;		/* list of names, or NULL */
	const struct column *sort;
	bool reverse;
	struct printing how;
	uint64_t iterations;		/* 0: not limited */
	uint64_t delay_ms;
	uint64_t max_series;
	bool down;			/* metrics of a scan that failed */
	uint64_t min;			/* bytes: smaller differences are hidden */
	const char *directory;
	enum source_choice source;
	bool read_files;
	const char *replay;		/* file, or NULL */
	const char *target;		/* file of --record, --html and the pictures */
	const char *link_map;		/* file, or NULL */
	const char *output;		/* file, or NULL: standard output */
	const char *what_if;		/* a change, or NULL: all of them */
	bool explain;
	const char *since;		/* file, or NULL */
	const char *operand[2];		/* of --diff; the second may be NULL */
};

void options_parse(struct options *options, int argc, char **argv);

#endif
