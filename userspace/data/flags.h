/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef FLAGS_H
#define FLAGS_H

#include "data/columns.h"

void flags_derive(struct snapshot *snap);
unsigned int flags_needs(const struct view *view, const struct columns *columns);

#endif
