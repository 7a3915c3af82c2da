/* SPDX-License-Identifier: GPL-2.0-only */
/* A process that is watched, and how long its system calls take. */
#ifndef VICTIM_H
#define VICTIM_H

#include "peers.h"

void victim_watched(const struct peer *watcher, int rounds);

#endif
