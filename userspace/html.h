/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_HTML_H
#define LIBSHARE_HTML_H

#include "options.h"

/* report.html, up to where the data goes, and after it; see html.c. */
extern const char libshare_report[];

int libshare_html_run(const struct libshare_options *options);

#endif
