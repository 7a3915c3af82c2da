// SPDX-License-Identifier: GPL-2.0-only
/* Text for tables and for people: escapes, sizes, names that fit a column. */
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "text.h"
#include "vec.h"

static bool needs_escape(char c)
{
	return c == '\t' || c == '\n' || c == '\\';
}

/**
 * libshare_text_escape() - Make text safe to stand in a field of a table.
 * @text: Any bytes.
 *
 * Tab, newline and backslash become \011, \012 and \134, the way
 * /proc/PID/mountinfo writes them (proc(5)); all else stays as it is.
 *
 * Context: Process context, may sleep.
 * Return: A copy for the caller to kfree(), or NULL when there is no memory.
 */
char *libshare_text_escape(const char *text)
{
	size_t len = strlen(text), extra = 0, i;
	char *copy, *p;

	for (i = 0; i < len; i++)
		extra += needs_escape(text[i]) ? 3 : 0;
	copy = kmalloc(len + extra + 1, LIBSHARE_GFP);
	if (!copy)
		return NULL;
	for (p = copy; *text; text++) {
		if (needs_escape(*text)) {
			*p++ = '\\';
			*p++ = '0' + (*text >> 6 & 7);
			*p++ = '0' + (*text >> 3 & 7);
			*p++ = '0' + (*text & 7);
		} else {
			*p++ = *text;
		}
	}
	*p = '\0';
	return copy;
}

/**
 * libshare_text_decimal() - Write a number.
 * @text: Where to; there is room for LIBSHARE_NUMBER_TEXT bytes.
 * @value: The number.
 *
 * Tables are numbers for the most part, and most of these have few digits.
 *
 * Context: Any.
 * Return: Where the number ends.
 */
char *libshare_text_decimal(char *text, u64 value)
{
	unsigned int digits = 1, i;
	u64 rest;

	for (rest = value; rest >= 10; rest /= 10)
		digits++;
	for (i = digits; i-- > 0; value /= 10)
		text[i] = '0' + value % 10;
	return text + digits;
}

/**
 * libshare_text_hex() - Write a number in hexadecimal.
 * @text: Where to; there is room for LIBSHARE_NUMBER_TEXT bytes.
 * @value: The number.
 * @digits: With how many digits at least, up to 16.
 *
 * Context: Any.
 * Return: Where the number ends.
 */
char *libshare_text_hex(char *text, u64 value, unsigned int digits)
{
	unsigned int i;

	while (digits < 16 && value >> 4 * digits)
		digits++;
	for (i = digits; i-- > 0; value >>= 4)
		text[i] = "0123456789abcdef"[value % 16];
	return text + digits;
}

/**
 * libshare_text_size() - Write a size for people, as lsblk does.
 * @bytes: The size.
 * @buf: Where to write it.
 *
 * Powers of 1024, rounded to nearest, one decimal place below 100 of a unit:
 * "0", "512B", "4K", "1.5M", "12.3G", "100T".
 *
 * Context: Any.
 * Return: @buf.
 */
const char *libshare_text_size(u64 bytes, char buf[LIBSHARE_SIZE_TEXT])
{
	static const char units[] = "BKMGTPE";
	unsigned int unit = 0, shift = 0;
	u64 tenths;

	while (bytes >> shift >= 1024 && unit < sizeof(units) - 2) {
		shift += 10;
		unit++;
	}
	/* In tenths of the unit, rounded; 1023.96K is 1M, not 1024K. */
	tenths = (bytes >> shift) * 10;
	if (shift)
		tenths += ((bytes & ((1ULL << shift) - 1)) * 10 + (1ULL << (shift - 1))) >> shift;
	if (tenths >= 10235 && unit < sizeof(units) - 2) {
		tenths = 10;
		unit++;
	}
	if (!bytes)
		snprintf(buf, LIBSHARE_SIZE_TEXT, "0");
	else if (tenths >= 1000 || tenths % 10 == 0)
		snprintf(buf, LIBSHARE_SIZE_TEXT, "%u%c", (unsigned int)(tenths + 5) / 10,
			 units[unit]);
	else
		snprintf(buf, LIBSHARE_SIZE_TEXT, "%u.%u%c", (unsigned int)tenths / 10,
			 (unsigned int)tenths % 10, units[unit]);
	return buf;
}

static bool is_utf8_tail(char c)
{
	return (c & 0xc0) == 0x80;
}

static unsigned int utf8_columns(const char *text)
{
	unsigned int n = 0;

	for (; *text; text++)
		n += !is_utf8_tail(*text);
	return n;
}

/* The byte where character number @n of @text starts. */
static size_t utf8_offset(const char *text, unsigned int n)
{
	size_t i = 0;

	while (text[i] && n) {
		i++;
		n -= !is_utf8_tail(text[i]);
	}
	return i;
}

/**
 * libshare_text_shorten() - Make text fit a column by leaving out its middle.
 * @text: UTF-8 text (other bytes do no harm, but may be cut anywhere).
 * @columns: Characters that there is room for, at least 3.
 * @buf: Where to write it.
 * @size: Bytes of @buf; what does not fit is cut off.
 *
 * Control characters, which a terminal might obey, become question marks.
 *
 * Context: Any.
 */
void libshare_text_shorten(const char *text, unsigned int columns, char *buf, size_t size)
{
	unsigned int len = utf8_columns(text), head, tail;

	if (len <= columns) {
		strscpy(buf, text, size);
	} else {
		/* The end of a path says more than its beginning. */
		head = (columns - 1) / 3;
		tail = columns - 1 - head;
		snprintf(buf, size, "%.*s…%s", (int)utf8_offset(text, head), text,
			 text + utf8_offset(text, len - tail));
	}
	for (; *buf; buf++)
		if ((unsigned char)*buf < ' ' || *buf == 0x7f)
			*buf = '?';
}
