/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SAY_H
#define SAY_H

#include "out/print.h"

void origin_say(const struct printing *how, const struct snapshot *snap);
void skipped_say(const struct printing *how, const struct snapshot *snap, const char *of);

#endif
