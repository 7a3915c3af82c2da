/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_OPENMETRICS_H
#define LIBSHARE_OPENMETRICS_H

#include "options.h"

int libshare_openmetrics_run(const struct libshare_options *options);

#endif
