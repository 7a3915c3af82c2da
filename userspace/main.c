// SPDX-License-Identifier: GPL-2.0-only
/* libshare-top: what sharing of libraries saves, for people and for programs. */
#include <locale.h>
#include <stdlib.h>

#include "batch.h"
#include "diff.h"
#include "html.h"
#include "live.h"
#include "openmetrics.h"
#include "options.h"
#include "picture.h"
#include "record.h"
#include "verify.h"

int main(int argc, char **argv)
{
	static struct libshare_options options;

	setlocale(LC_ALL, "");
	/* Numbers are written as programs read them. */
	setlocale(LC_NUMERIC, "C");
	libshare_options_parse(&options, argc, argv);
	switch (options.mode) {
	case LIBSHARE_MODE_RECORD:
		return libshare_record_run(&options);
	case LIBSHARE_MODE_DIFF:
		return libshare_diff_run(&options);
	case LIBSHARE_MODE_OPENMETRICS:
		return libshare_openmetrics_run(&options);
	case LIBSHARE_MODE_PICTURE:
		return libshare_picture_run(&options, libshare_picture_sharing);
	case LIBSHARE_MODE_MAP:
		return libshare_picture_run(&options, libshare_picture_map);
	case LIBSHARE_MODE_HTML:
		return libshare_html_run(&options);
	case LIBSHARE_MODE_VERIFY:
		return libshare_verify_run(&options);
	case LIBSHARE_MODE_LIVE:
		return libshare_live_run(&options);
	default:
		return libshare_batch_run(&options);
	}
}
