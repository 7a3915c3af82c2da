/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_RECORD_H
#define LIBSHARE_RECORD_H

#include "options.h"

void libshare_record_complete(struct libshare_snapshot *snap);
bool libshare_record_save(const struct libshare_snapshot *snap, const char *file);
int libshare_record_run(const struct libshare_options *options);

#endif
