/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VIEWS_H
#define VIEWS_H

#include <stdio.h>

#include "data/columns.h"
#include "options.h"

extern const struct view *const views[];	/* up to NULL */

const struct view *view_find(const char *name);
void columns_help(FILE *out);
int columns_run(const struct options *options);

#endif
