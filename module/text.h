/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_TEXT_H
#define LIBSHARE_TEXT_H

#include <linux/types.h>

struct libshare_memory;

#define LIBSHARE_SIZE_TEXT 16	/* more than any size takes */
#define LIBSHARE_HEX_TEXT 16	/* the most that a number takes */
#define LIBSHARE_SHORT_BYTES(columns) (4 * (columns) + 4)

char *libshare_text_escape(struct libshare_memory *memory, const char *text, bool *shortened);
char *libshare_text_hex(char *text, u64 value, unsigned int digits);
const char *libshare_text_size(u64 bytes, char buf[LIBSHARE_SIZE_TEXT]);
void libshare_text_shorten(const char *text, unsigned int columns, char *buf);

#endif
