// SPDX-License-Identifier: GPL-2.0-only
/* What the arguments of options mean. One that means nothing ends the program. */
#include <pwd.h>

#include "arguments.h"
#include "data/alloc.h"
#include "data/order.h"
#include "data/text.h"

#define MAX_DELAY 86400

/**
 * argument_number() - A number.
 * @option: The option that has it.
 * @text: The argument.
 *
 * Return: The number; the program ends if it is none.
 */
uint64_t argument_number(const char *option, const char *text)
{
	uint64_t value;

	if (!text_number(text, 10, &value))
		errx(TROUBLE, "invalid number '%s' for %s", text, option);
	return value;
}

/**
 * argument_pids() - What --pid has.
 * @text: The argument: numbers, separated by commas.
 * @nr: Set to how many there are.
 *
 * Return: The numbers, sorted; they stay until the program ends.
 */
const uint64_t *argument_pids(const char *text, size_t *nr)
{
	char *copy = xstrdup(text), *rest = copy, *word;
	/* One at most for each byte. */
	uint64_t *pid = xcalloc(strlen(text) + 1, sizeof(*pid));

	*nr = 0;
	while ((word = strsep(&rest, ",")))
		pid[(*nr)++] = argument_number("--pid", word);
	free(copy);
	qsort(pid, *nr, sizeof(*pid), order_numbers);
	return pid;
}

/**
 * argument_user() - What --user has.
 * @text: The argument: a name on this machine, or a number.
 *
 * Return: The user's number; it stays until the program ends.
 */
const uint64_t *argument_user(const char *text)
{
	const struct passwd *user = getpwnam(text);
	static uint64_t uid;

	if (user)
		uid = user->pw_uid;
	else if (!text_number(text, 10, &uid))
		errx(TROUBLE, "unknown user '%s' for --user: give a name or a number", text);
	return &uid;
}

/**
 * argument_size() - Bytes, or what K, M or G make of a number.
 * @option: The option that has it.
 * @text: The argument.
 *
 * Return: Bytes.
 */
uint64_t argument_size(const char *option, const char *text)
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
	if (!text_number(digits, 10, &value) || value > UINT64_MAX >> shift)
		errx(TROUBLE, "invalid size '%s' for %s", text, option);
	free(digits);
	return value << shift;
}

/**
 * argument_memory() - What --memory-max has.
 * @text: The argument, in MiB.
 *
 * Return: Bytes.
 */
uint64_t argument_memory(const char *text)
{
	uint64_t mib = argument_number("--memory-max", text);

	if (!mib || mib > UINT64_MAX >> 20)
		errx(TROUBLE, "--memory-max '%s' is out of range: give MiB", text);
	return mib << 20;
}

/**
 * argument_delay() - What --delay has.
 * @text: The argument, in seconds.
 *
 * Return: Milliseconds.
 */
uint64_t argument_delay(const char *text)
{
	char *end;
	double seconds = strtod(text, &end);

	if (end == text || *end || !(seconds >= 0.1 && seconds <= MAX_DELAY))
		errx(TROUBLE, "invalid seconds '%s' for --delay (0.1 to %d)", text,
		     MAX_DELAY);
	return seconds * 1000;
}

/**
 * argument_source() - What --source has.
 * @name: The argument.
 *
 * Return: Where numbers come from.
 */
enum source_choice argument_source(const char *name)
{
	static const char *const names[] = {
		[SOURCE_AUTO] = "auto",
		[SOURCE_MODULE] = "module",
		[SOURCE_PROC] = "proc",
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(names[i], name))
			return i;
	errx(TROUBLE, "unknown source '%s' for --source: give auto, module or proc", name);
}
