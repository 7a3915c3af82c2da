/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_WHY_H
#define LIBSHARE_WHY_H

#include <stddef.h>

void libshare_why_closed(const char *directory, const char *path, int error, char *why,
			 size_t size);

#endif
