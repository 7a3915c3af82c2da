/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CMDLINE_H
#define CMDLINE_H

#include "data/snapshot.h"

void cmdline_add(struct snapshot *snap);
void cmdline_join(struct snapshot *snap);

#endif
