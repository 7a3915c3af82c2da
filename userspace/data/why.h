/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef WHY_H
#define WHY_H

#include <stddef.h>

void why_closed(const char *directory, const char *path, int error, char *why,
		size_t size);

#endif
