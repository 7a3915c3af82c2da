/* SPDX-License-Identifier: GPL-2.0-only */
/* What libshare keeps of a scan while its file is open. */
#ifndef MEMORY_H
#define MEMORY_H

#include "peers.h"
#include "world.h"

void memory_report(const struct load *load, const struct peer *peer);

#endif
