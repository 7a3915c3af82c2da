// SPDX-License-Identifier: GPL-2.0-only
/* No pointers; but a table is still filled in before main. */
#include <string.h>

#include "list.h"
#include "words.h"

#define LENGTH (sizeof(PREFIX " 0000") - 1)
#define TEXT(n) PREFIX " " #n,

static const char texts[WORDS][LENGTH + 1] = { EACH_WORD(TEXT) };

static unsigned int lengths[WORDS] = { LENGTH };

__attribute__((constructor)) static void measure_words(void)
{
	for (unsigned int n = 0; n < WORDS; n++)
		lengths[n] = strlen(texts[n]);
}

int is_word(unsigned int n);

int is_word(unsigned int n)
{
	return n < WORDS;
}

const char *word_text(unsigned int n)
{
	return is_word(n) ? texts[n] : NULL;
}

unsigned int word_length(unsigned int n)
{
	return is_word(n) ? lengths[n] : 0;
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
