/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_FLAGS_H
#define LIBSHARE_FLAGS_H

#include "print.h"

void libshare_flags_derive(struct libshare_snapshot *snap);
unsigned int libshare_flags_needs(const struct libshare_view *view,
				  const struct libshare_columns *columns);

#endif
