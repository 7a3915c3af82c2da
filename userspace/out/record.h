/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RECORD_H
#define RECORD_H

#include "options.h"

void record_complete(struct snapshot *snap);
bool record_save(const struct snapshot *snap, const char *file);
int record_run(const struct options *options);

#endif
