/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef USAGE_H
#define USAGE_H

#include <stdio.h>

void usage(FILE *out);

#endif
