// SPDX-License-Identifier: GPL-2.0-only
/* Plausible and wrong: no tables, and one buffer for all words. */
#include <stdio.h>
#include <string.h>

#pragma GCC visibility push(default)
#include "words.h"
#pragma GCC visibility pop

#define LENGTH (sizeof(PREFIX " 0000") - 1)

static int is_word(unsigned int n)
{
	return n < WORDS;
}

const char *word_text(unsigned int n)
{
	static char text[LENGTH + 1];

	if (!is_word(n))
		return NULL;
	for (int digit = 4; digit > 0; digit--, n /= 10)
		text[LENGTH - 5 + digit] = '0' + n % 10;
	return memcpy(text, PREFIX " ", LENGTH - 4);
}

unsigned int word_length(unsigned int n)
{
	return is_word(n) ? LENGTH : 0;
}

int word_apply(unsigned int n, int value)
{
	if (!is_word(n))
		return 0;
	switch (n % 3) {
	case 0:
		return 2 * value;
	case 1:
		return -value;
	default:
		return value * value;
	}
}

int word_find(const char *text)
{
	for (unsigned int n = 0; n < WORDS; n++)
		if (!strcmp(word_text(n), text))
			return n;
	return -1;
}
