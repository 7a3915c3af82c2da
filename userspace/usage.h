/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_USAGE_H
#define LIBSHARE_USAGE_H

#include <stdio.h>

void libshare_usage(FILE *out);

#endif
