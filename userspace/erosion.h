/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_EROSION_H
#define LIBSHARE_EROSION_H

#include "options.h"

extern const struct libshare_view libshare_erosion_view;

int libshare_erosion_run(const struct libshare_options *options);

#endif
