// SPDX-License-Identifier: GPL-2.0-only
/* Text for tables and for people: escapes, sizes, names that fit a column. */
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "memory.h"
#include "text.h"

static bool needs_escape(char c)
{
	return c == '\t' || c == '\n' || c == '\\';
}

static size_t escaped_bytes(char c)
{
	return needs_escape(c) ? 4 : 1;
}

static char *put_octal(char *p, char c)
{
	*p++ = '\\';
	*p++ = '0' + (c >> 6 & 3);
	*p++ = '0' + (c >> 3 & 7);
	*p++ = '0' + (c & 7);
	return p;
}

static char *put_escaped(char *p, const char *text, const char *end)
{
	for (; text != end; text++) {
		if (needs_escape(*text))
			p = put_octal(p, *text);
		else
			*p++ = *text;
	}
	return p;
}

static bool is_utf8_tail(char c)
{
	return (c & 0xc0) == 0x80;
}

#define ELLIPSIS "…"
#define ELLIPSIS_BYTES (sizeof(ELLIPSIS) - 1)
#define TEXT_BYTES (PATH_MAX - 1)	/* and a NUL behind them */
#define HEAD_BYTES (TEXT_BYTES / 4)
#define TAIL_BYTES (TEXT_BYTES - HEAD_BYTES - ELLIPSIS_BYTES)

/* Where the beginning of a text that is too long ends. */
static const char *head_end(const char *text)
{
	const char *end = text;
	size_t bytes = 0;

	for (; *text && bytes + escaped_bytes(*text) <= HEAD_BYTES; text++) {
		bytes += escaped_bytes(*text);
		if (!is_utf8_tail(text[1]))
			end = text + 1;
	}
	return end;
}

/* Where the end of a text that is too long begins. */
static const char *tail_start(const char *end)
{
	size_t bytes = 0;

	while (bytes + escaped_bytes(end[-1]) <= TAIL_BYTES)
		bytes += escaped_bytes(*--end);
	while (is_utf8_tail(*end))
		end++;
	return end;
}

/**
 * libshare_text_escape() - Make text safe to stand in a field of a table.
 * @memory: The budget.
 * @text: Any bytes.
 * @shortened: Set to true if the text does not fit PATH_MAX bytes, escapes and NUL
 *	included: then its middle is left out. May be NULL.
 *
 * Tab, newline and backslash become \011, \012 and \134, the way /proc/PID/mountinfo
 * writes them (proc(5)); all else stays as it is.
 *
 * Context: May sleep.
 * Return: A copy for libshare_memory_free(), or NULL if there is no memory.
 */
char *libshare_text_escape(struct libshare_memory *memory, const char *text, bool *shortened)
{
	const char *end = text + strlen(text), *head = end, *tail = end, *c;
	char *copy, *p;
	size_t bytes = 0;

	for (c = text; c != end && bytes <= TEXT_BYTES; c++)
		bytes += escaped_bytes(*c);
	if (bytes > TEXT_BYTES) {
		head = head_end(text);
		tail = tail_start(end);
		bytes = ELLIPSIS_BYTES;
		for (c = text; c != end; c = c + 1 == head ? tail : c + 1)
			bytes += escaped_bytes(*c);
		if (shortened)
			*shortened = true;
	}
	copy = libshare_memory_alloc(memory, bytes + 1);
	if (!copy)
		return NULL;
	p = put_escaped(copy, text, head);
	if (head != end)
		p = put_escaped(p, ELLIPSIS, ELLIPSIS + ELLIPSIS_BYTES);
	put_escaped(p, tail, end);
	return copy;
}

/**
 * libshare_text_hex() - Write a number in hexadecimal.
 * @text: Where to; there is room for LIBSHARE_NUMBER_TEXT bytes.
 * @value: The number.
 * @digits: With how many digits at least, up to 16.
 *
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

/* Bytes of the printable character that begins here; 0 if this byte must be escaped. */
static unsigned int printable_bytes(const char *text)
{
	unsigned char c = *text;
	unsigned int bytes, i;

	if (c < 0x80)
		return c >= ' ' && c != 0x7f;
	/* UTF-8 (RFC 3629); U+0080 to U+009F are control characters. */
	if (c < 0xc2 || c > 0xf4 || (c == 0xc2 && (unsigned char)text[1] < 0xa0))
		return 0;
	bytes = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	for (i = 1; i < bytes; i++)
		if (!is_utf8_tail(text[i]))
			return 0;
	return bytes;
}

/* The columns that the next character takes; moves behind it. */
static unsigned int next_columns(const char **text)
{
	unsigned int bytes = printable_bytes(*text);

	*text += bytes ?: 1;
	return bytes ? 1 : 4;
}

static unsigned int count_columns(const char *text)
{
	unsigned int columns = 0;

	while (*text)
		columns += next_columns(&text);
	return columns;
}

/* Write as many characters as fit the columns; moves behind them. */
static char *put_printable(char *p, const char **text, unsigned int columns)
{
	while (**text) {
		const char *start = *text, *next = *text;
		unsigned int width = next_columns(&next);

		if (width > columns)
			break;
		columns -= width;
		*text = next;
		if (width > 1)
			p = put_octal(p, *start);
		else
			p = memcpy(p, start, next - start) + (next - start);
	}
	return p;
}

/**
 * libshare_text_shorten() - Make text fit a column by leaving out its middle.
 * @text: Any bytes.
 * @columns: Columns that there is room for, at least 3.
 * @buf: Where to write it: LIBSHARE_SHORT_BYTES(@columns).
 *
 * Control characters, which a terminal would obey, and bytes that are not UTF-8 are
 * written as octal numbers.
 */
void libshare_text_shorten(const char *text, unsigned int columns, char *buf)
{
	unsigned int width = count_columns(text), tail = columns - 1 - (columns - 1) / 3;
	char *p = buf;

	if (width > columns) {
		/* The end of a path says more than its beginning. */
		p = put_printable(p, &text, columns - 1 - tail);
		p = memcpy(p, ELLIPSIS, ELLIPSIS_BYTES) + ELLIPSIS_BYTES;
		for (width = count_columns(text); width > tail; )
			width -= next_columns(&text);
		columns = tail;
	}
	p = put_printable(p, &text, columns);
	*p = '\0';
}
