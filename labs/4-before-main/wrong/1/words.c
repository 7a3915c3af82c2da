// SPDX-License-Identifier: GPL-2.0-only
/* All tables are const now: but they hold pointers. */
#include <string.h>

#include "list.h"
#pragma GCC visibility push(default)
#include "words.h"
#pragma GCC visibility pop

typedef int operation(int value);

static int twice(int value)
{
	return 2 * value;
}

static int negated(int value)
{
	return -value;
}

static int squared(int value)
{
	return value * value;
}

#define TEXT(n) PREFIX " " #n,

static const char *const texts[WORDS] = { EACH_WORD(TEXT) };

/* The third, again and again. */
#define OPERATION(n) (1##n - 10000) % 3 == 0 ? twice : (1##n - 10000) % 3 == 1 ? negated : squared,

static operation *const operations[WORDS] = { EACH_WORD(OPERATION) };

static int is_word(unsigned int n)
{
	return n < WORDS;
}

static int same_text(const char *one, const char *other)
{
	return !strcmp(one, other);
}

const char *word_text(unsigned int n)
{
	return is_word(n) ? texts[n] : NULL;
}

unsigned int word_length(unsigned int n)
{
	return is_word(n) ? strlen(texts[n]) : 0;
}

int word_apply(unsigned int n, int value)
{
	return is_word(n) ? operations[n](value) : 0;
}

int word_find(const char *text)
{
	for (unsigned int n = 0; n < WORDS; n++)
		if (same_text(texts[n], text))
			return n;
	return -1;
}
