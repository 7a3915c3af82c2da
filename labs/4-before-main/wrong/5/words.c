// SPDX-License-Identifier: GPL-2.0-only
/* Plausible and wrong: tables of pointers, but later. */
#include <stdio.h>
#include <string.h>

#pragma GCC visibility push(default)
#include "words.h"
#pragma GCC visibility pop

#define LENGTH (sizeof(PREFIX " 0000") - 1)

static char words[WORDS][LENGTH + 1];
static const char *texts[WORDS];

static int is_word(unsigned int n)
{
	return n < WORDS;
}

static void make_words(void)
{
	if (texts[0])
		return;
	for (unsigned int n = 0; n < WORDS; n++) {
		snprintf(words[n], sizeof(words[n]), PREFIX " %04u", n % 10000);
		texts[n] = words[n];
	}
}

const char *word_text(unsigned int n)
{
	make_words();
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
	make_words();
	for (unsigned int n = 0; n < WORDS; n++)
		if (!strcmp(texts[n], text))
			return n;
	return -1;
}
