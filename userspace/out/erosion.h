/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef EROSION_H
#define EROSION_H

#include "options.h"

extern const struct view erosion_view;

int erosion_run(const struct options *options);

#endif
