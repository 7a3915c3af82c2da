/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PROC_HEAP_H
#define PROC_HEAP_H

#include "data/snapshot.h"

void proc_heap_add(struct snapshot *snap);

#endif
