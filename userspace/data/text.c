// SPDX-License-Identifier: GPL-2.0-only
/* Text: escapes as the module writes them, sizes for people, numbers. */
#include <inttypes.h>

#include "data/alloc.h"
#include "data/text.h"

/**
 * text_utf8() - Decode the character at the start of some bytes.
 * @text: The bytes.
 * @len: How many there are, at least 1.
 * @rune: Set to its code point.
 *
 * Return: The bytes that it takes, or 0 where they are no valid UTF-8.
 */
size_t text_utf8(const char *text, size_t len, uint32_t *rune)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *p = (const unsigned char *)text;
	size_t n = p[0] < 0x80 ? 1 : p[0] >> 5 == 6 ? 2 : p[0] >> 4 == 14 ? 3 :
		   p[0] >> 3 == 30 ? 4 : 0;
	size_t i;

	if (!n || n > len)
		return 0;
	*rune = n == 1 ? p[0] : p[0] & (0x7f >> n);
	for (i = 1; i < n; i++) {
		if (p[i] >> 6 != 2)
			return 0;
		*rune = *rune << 6 | (p[i] & 0x3f);
	}
	if (n > 1 && (*rune < least[n] || *rune > 0x10ffff || (*rune >= 0xd800 && *rune < 0xe000)))
		return 0;
	return n;
}

/* What could make a terminal or a web page show something else than the text. */
static bool is_unsafe(uint32_t rune)
{
	return rune < 0x20 || (rune >= 0x7f && rune < 0xa0) ||
	       (rune >= 0x2028 && rune <= 0x202e) || (rune >= 0x2066 && rune <= 0x2069) ||
	       rune == 0x200e || rune == 0x200f || rune == 0xfeff;
}

/**
 * text_clean() - Make any bytes safe to show, without losing any.
 * @text: The bytes, with tab, newline and backslash escaped already.
 * @len: How many there are.
 * @out: Where to write valid UTF-8 without control characters: whatever else
 *       there is becomes \ooo for each byte. Room for 4 * @len; NULL: only count.
 *
 * Return: The bytes written.
 */
size_t text_clean(const char *text, size_t len, char *out)
{
	size_t done = 0, n, i;
	uint32_t rune;

	while (len) {
		/* Most text is nothing but this. */
		for (n = 0; n < len && text[n] >= 0x20 && text[n] < 0x7f; n++)
			;
		if (!n)
			n = text_utf8(text, len, &rune);
		else
			rune = ' ';
		if (n && !is_unsafe(rune)) {
			if (out)
				memcpy(out + done, text, n);
			done += n;
		} else {
			n = n ? n : 1;
			for (i = 0; i < n; i++, done += 4) {
				unsigned char c = text[i];

				if (!out)
					continue;
				out[done] = '\\';
				out[done + 1] = '0' + (c >> 6);
				out[done + 2] = '0' + (c >> 3 & 7);
				out[done + 3] = '0' + (c & 7);
			}
		}
		text += n;
		len -= n;
	}
	return done;
}

/**
 * text_escape() - Write any text as the tables have it.
 * @text: The text.
 *
 * Return: The text with odd bytes as \ooo, for free().
 */
char *text_escape(const char *text)
{
	char *half = xcalloc(4 * strlen(text) + 1, 1), *out = half, *whole;

	for (; *text; text++) {
		if (*text == '\\')
			out = stpcpy(out, "\\134");
		else
			*out++ = *text;
	}
	whole = xcalloc(4 * strlen(half) + 1, 1);
	text_clean(half, strlen(half), whole);
	free(half);
	return whole;
}

static bool is_octal(char c)
{
	return c >= '0' && c <= '7';
}

/**
 * text_unescape() - Turn each \ooo back into its byte, in place.
 * @text: What text_clean() or the module wrote.
 */
void text_unescape(char *text)
{
	char *out = text;

	while (*text) {
		if (text[0] == '\\' && text[1] >= '0' && text[1] <= '3' && is_octal(text[2]) &&
		    is_octal(text[3])) {
			*out++ = (text[1] & 3) << 6 | (text[2] & 7) << 3 | (text[3] & 7);
			text += 4;
		} else {
			*out++ = *text++;
		}
	}
	*out = '\0';
}

/**
 * text_size() - Write a size for people, as lsblk does.
 * @bytes: The size; UNKNOWN is "-".
 * @buf: Where to write it: "0", "512B", "4K", "1.5M", "12.3G".
 *
 * Return: @buf.
 */
const char *text_size(uint64_t bytes, char buf[SIZE_TEXT])
{
	static const char units[] = "BKMGTPE";
	unsigned int unit = 0;
	double value = bytes;

	/* What would round to 1024 of a unit is 1 of the next. */
	while (value >= 1023.5 && unit < sizeof(units) - 2) {
		value /= 1024;
		unit++;
	}
	if (bytes == UINT64_MAX)
		snprintf(buf, SIZE_TEXT, "-");
	else if (!bytes)
		snprintf(buf, SIZE_TEXT, "0");
	else if (value >= 99.95 || !unit || (uint64_t)(value * 10 + 0.5) % 10 == 0)
		snprintf(buf, SIZE_TEXT, "%.0f%c", value, units[unit]);
	else
		snprintf(buf, SIZE_TEXT, "%.1f%c", value, units[unit]);
	return buf;
}

/**
 * text_delta() - Write how a number changed: "+4K", "-12", "0".
 * @before: The number as it was.
 * @after: As it is.
 * @human: It is a size for people.
 * @buf: Where to write it.
 *
 * Return: @buf.
 */
const char *text_delta(uint64_t before, uint64_t after, bool human, char buf[SIZE_TEXT])
{
	uint64_t by = after > before ? after - before : before - after;
	char size[SIZE_TEXT];

	if (!human)
		snprintf(size, sizeof(size), "%" PRIu64, by);
	else
		text_size(by, size);
	snprintf(buf, SIZE_TEXT, "%s%.22s", !by ? "" : after > before ? "+" : "-", size);
	return buf;
}

/**
 * text_number() - Read a number that makes up the whole of a text.
 * @text: Digits and nothing else.
 * @base: 10 or 16.
 * @value: Set to it; UNKNOWN is no number.
 *
 * Return: Whether it is one, and fits.
 */
bool text_number(const char *text, int base, uint64_t *value)
{
	uint64_t sum = 0;

	if (!*text)
		return false;
	for (; *text; text++) {
		int digit = *text >= '0' && *text <= '9' ? *text - '0' :
			    *text >= 'a' && *text <= 'f' ? *text - 'a' + 10 : base;

		if (digit >= base || sum > (UINT64_MAX - 1 - digit) / base)
			return false;
		sum = sum * base + digit;
	}
	*value = sum;
	return true;
}

/**
 * text_name() - The last part of a path.
 * @path: The path.
 *
 * Return: A pointer into it.
 */
const char *text_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

/**
 * text_json() - Write a string as JSON.
 * @out: Where to.
 * @text: The string, without control characters.
 *
 * It may stand in a script element: nothing in it ends that.
 */
void text_json(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fprintf(out, "\\%c", *text);
		else if (*text == '<' || *text == '>' || *text == '&')
			fprintf(out, "\\u%04x", *text);
		else
			fputc(*text, out);
	}
	fputc('"', out);
}
