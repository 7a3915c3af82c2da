// SPDX-License-Identifier: GPL-2.0-only
/* Tables without a pointer, in read-only pages of the file: nothing to copy. */
#include <string.h>

#include "list.h"
/* What the header promises is seen from outside, all else is not. */
#pragma GCC visibility push(default)
#include "words.h"
#pragma GCC visibility pop

/* Known to have one length, so that no table needs to say where each begins. */
#define LENGTH (sizeof(PREFIX " 0000") - 1)
#define TEXT(n) PREFIX " " #n,

static const char texts[WORDS][LENGTH + 1] = { EACH_WORD(TEXT) };

static int is_word(unsigned int n)
{
	return n < WORDS;
}

const char *word_text(unsigned int n)
{
	return is_word(n) ? texts[n] : NULL;
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
		if (!strcmp(texts[n], text))
			return n;
	return -1;
}
