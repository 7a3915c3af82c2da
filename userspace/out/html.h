/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HTML_H
#define HTML_H

#include "options.h"

/* report.html, up to where the data goes, and after it; see html.c. */
extern const char report[];

int html_run(const struct options *options);

#endif
