// SPDX-License-Identifier: GPL-2.0-only
/* libshare-top: what sharing of libraries saves, for people and for programs. */
#include <locale.h>
#include <stdlib.h>

#include "live/live.h"
#include "options.h"
#include "out/batch.h"
#include "out/diff.h"
#include "out/drawer.h"
#include "out/html.h"
#include "out/openmetrics.h"
#include "out/record.h"
#include "out/verify.h"
#include "out/views.h"

int main(int argc, char **argv)
{
	static struct options options;

	setlocale(LC_ALL, "");
	/* Numbers are written as programs read them. */
	setlocale(LC_NUMERIC, "C");
	options_parse(&options, argc, argv);
	switch (options.mode) {
	case MODE_RECORD:
		return record_run(&options);
	case MODE_DIFF:
		return diff_run(&options);
	case MODE_OPENMETRICS:
		return openmetrics_run(&options);
	case MODE_PICTURE:
	case MODE_MAP:
	case MODE_LINKING:
		return drawer_run(argv);
	case MODE_HTML:
		return html_run(&options);
	case MODE_COLUMNS:
		return columns_run(&options);
	case MODE_VERIFY:
		return verify_run(&options);
	case MODE_LIVE:
		return live_run(&options);
	default:
		return batch_run(&options);
	}
}
