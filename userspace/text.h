/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_TEXT_H
#define LIBSHARE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define LIBSHARE_SIZE_TEXT 24	/* bytes that libshare_text_size() may write */

size_t libshare_text_utf8(const char *text, size_t len, uint32_t *rune);
size_t libshare_text_clean(const char *text, size_t len, char *out);
char *libshare_text_escape(const char *text);
void libshare_text_unescape(char *text);
const char *libshare_text_size(uint64_t bytes, char buf[LIBSHARE_SIZE_TEXT]);
const char *libshare_text_delta(uint64_t before, uint64_t after, bool human,
				char buf[LIBSHARE_SIZE_TEXT]);
bool libshare_text_number(const char *text, int base, uint64_t *value);
const char *libshare_text_name(const char *path);
void libshare_text_json(FILE *out, const char *text);

#endif
