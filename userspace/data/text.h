/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define SIZE_TEXT 24	/* bytes that text_size() may write */

size_t text_utf8(const char *text, size_t len, uint32_t *rune);
size_t text_clean(const char *text, size_t len, char *out);
char *text_escape(const char *text);
void text_unescape(char *text);
const char *text_size(uint64_t bytes, char buf[SIZE_TEXT]);
const char *text_delta(uint64_t before, uint64_t after, bool human,
		       char buf[SIZE_TEXT]);
bool text_number(const char *text, int base, uint64_t *value);
const char *text_name(const char *path);
void text_json(FILE *out, const char *text);

#endif
