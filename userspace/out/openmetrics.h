/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef OPENMETRICS_H
#define OPENMETRICS_H

#include "options.h"

int openmetrics_run(const struct options *options);

#endif
