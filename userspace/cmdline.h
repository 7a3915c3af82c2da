/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_CMDLINE_H
#define LIBSHARE_CMDLINE_H

#include "snapshot.h"

void libshare_cmdline_add(struct libshare_snapshot *snap);
void libshare_cmdline_join(struct libshare_snapshot *snap);

#endif
