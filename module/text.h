/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_TEXT_H
#define LIBSHARE_TEXT_H

#include <linux/types.h>

#define LIBSHARE_SIZE_TEXT 16	/* more than any size takes */
#define LIBSHARE_NUMBER_TEXT 20	/* the most that a number takes */

char *libshare_text_escape(const char *text);
char *libshare_text_decimal(char *text, u64 value);
char *libshare_text_hex(char *text, u64 value, unsigned int digits);
const char *libshare_text_size(u64 bytes, char buf[LIBSHARE_SIZE_TEXT]);
void libshare_text_shorten(const char *text, unsigned int columns, char *buf, size_t size);

#endif
