/* SPDX-License-Identifier: GPL-2.0-only */
/* What the command line asks for. */
#ifndef LIBSHARE_OPTIONS_H
#define LIBSHARE_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "columns.h"
#include "filter.h"
#include "print.h"

#ifndef LIBSHARE_VERSION
#define LIBSHARE_VERSION "unknown"
#endif

/* Exit status; diff(1) has the same three. */
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
	LIBSHARE_MODE_VERIFY,
};

enum libshare_source_choice {
	LIBSHARE_SOURCE_AUTO,	/* the module, or /proc where that cannot be read */
	LIBSHARE_SOURCE_MODULE,
	LIBSHARE_SOURCE_PROC,
};

struct libshare_options {
	enum libshare_mode mode;
	const struct libshare_view *view;
	struct libshare_filter filter;
	const char *columns;		/* list of names, or NULL */
	const struct libshare_column *sort;
	bool reverse;
	struct libshare_printing how;
	uint64_t iterations;		/* 0: not limited */
	uint64_t delay_ms;
	uint64_t max_series;
	const char *directory;
	enum libshare_source_choice source;
	bool read_files;
	const char *replay;		/* file, or NULL */
	const char *target;		/* file of --record, --picture, --map and --html */
	const char *output;		/* file, or NULL: standard output */
	const char *operand[2];		/* of --diff; the second may be NULL */
};

void libshare_options_parse(struct libshare_options *options, int argc, char **argv);

#endif
