/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_TEXT_H
#define LIBSHARE_TEXT_H

#include <linux/types.h>

#define LIBSHARE_SIZE_TEXT 16	/* more than any size takes */

char *libshare_text_escape(const char *text);
const char *libshare_text_size(u64 bytes, char buf[LIBSHARE_SIZE_TEXT]);
void libshare_text_shorten(const char *text, unsigned int columns, char *buf, size_t size);

#endif
