/* SPDX-License-Identifier: GPL-2.0-only */
/* What the command line asks for. */
#ifndef LIBSHARE_OPTIONS_H
#define LIBSHARE_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "columns.h"
#include "filter.h"
#include "print.h"

/* Exit status, as grep(1) and diff(1) have them. */
#define LIBSHARE_NO_MATCH 1
#define LIBSHARE_DIFFERENT 1
#define LIBSHARE_TROUBLE 2

enum libshare_mode {
	LIBSHARE_MODE_LIVE,
	LIBSHARE_MODE_BATCH,
	LIBSHARE_MODE_RECORD,
	LIBSHARE_MODE_DIFF,
	LIBSHARE_MODE_OPENMETRICS,
	LIBSHARE_MODE_PICTURE,
	LIBSHARE_MODE_MAP,
	LIBSHARE_MODE_HTML,
};

struct libshare_options {
	enum libshare_mode mode;
	const struct libshare_view *view;
	const char *by;			/* what rows are put together by, or NULL */
	struct libshare_filter filter;
	const char *columns;		/* list of names, or NULL */
	const struct libshare_column *sort;
	bool reverse;
	struct libshare_printing how;
	uint64_t iterations;		/* 0: not limited */
	uint64_t delay_ms;
	uint64_t max_series;
	uint64_t min;			/* bytes: smaller differences are hidden */
	const char *directory;
	const char *replay;		/* file, or NULL */
	const char *target;		/* file of --record, --picture, --map and --html */
	const char *output;		/* file, or NULL: standard output */
	const char *what_if;		/* a change, or NULL: all of them */
	bool explain;
	const char *since;		/* file, or NULL */
	const char *operand[2];		/* of --diff; the second may be NULL */
};

void libshare_options_parse(struct libshare_options *options, int argc, char **argv);

#endif
