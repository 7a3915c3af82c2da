// SPDX-License-Identifier: GPL-2.0-only
/* What the arguments of options mean. One that means nothing ends the program. */
#include "alloc.h"
#include "arguments.h"
#include "text.h"

#define MAX_DELAY 86400

/**
 * libshare_argument_number() - A number.
 * @option: The option that has it.
 * @text: The argument.
 *
 * Return: The number; the program ends if it is none.
 */
uint64_t libshare_argument_number(const char *option, const char *text)
{
	uint64_t value;

	if (!libshare_text_number(text, 10, &value))
		errx(LIBSHARE_TROUBLE, "invalid number '%s' for %s", text, option);
	return value;
}

/**
 * libshare_argument_size() - Bytes, or what K, M or G make of a number.
 * @option: The option that has it.
 * @text: The argument.
 *
 * Return: Bytes.
 */
uint64_t libshare_argument_size(const char *option, const char *text)
{
	static const char units[] = "KMG";
	size_t len = strlen(text), shift = 0;
	const char *unit = len ? strchr(units, text[len - 1]) : NULL;
	char *digits = xstrdup(text);
	uint64_t value;

	if (unit) {
		shift = 10 * (unit - units + 1);
		digits[len - 1] = '\0';
	}
	if (!libshare_text_number(digits, 10, &value) || value > UINT64_MAX >> shift)
		errx(LIBSHARE_TROUBLE, "invalid size '%s' for %s", text, option);
	free(digits);
	return value << shift;
}

/**
 * libshare_argument_memory() - What --memory-max has.
 * @text: The argument, in MiB.
 *
 * Return: Bytes.
 */
uint64_t libshare_argument_memory(const char *text)
{
	uint64_t mib = libshare_argument_number("--memory-max", text);

	if (!mib || mib > UINT64_MAX >> 20)
		errx(LIBSHARE_TROUBLE, "--memory-max '%s' is out of range: give MiB", text);
	return mib << 20;
}

/**
 * libshare_argument_delay() - What --delay has.
 * @text: The argument, in seconds.
 *
 * Return: Milliseconds.
 */
uint64_t libshare_argument_delay(const char *text)
{
	char *end;
	double seconds = strtod(text, &end);

	if (end == text || *end || !(seconds >= 0.1 && seconds <= MAX_DELAY))
		errx(LIBSHARE_TROUBLE, "invalid seconds '%s' for --delay (0.1 to %d)", text,
		     MAX_DELAY);
	return seconds * 1000;
}

/**
 * libshare_argument_source() - What --source has.
 * @name: The argument.
 *
 * Return: Where numbers come from.
 */
enum libshare_source_choice libshare_argument_source(const char *name)
{
	static const char *const names[] = {
		[LIBSHARE_SOURCE_AUTO] = "auto",
		[LIBSHARE_SOURCE_MODULE] = "module",
		[LIBSHARE_SOURCE_PROC] = "proc",
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(names[i], name))
			return i;
	errx(LIBSHARE_TROUBLE, "unknown source '%s' for --source: give auto, module or proc", name);
}
