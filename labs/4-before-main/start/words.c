// SPDX-License-Identifier: GPL-2.0-only
/*
 * A library written without a thought for what happens before main. Make it
 * better: the same functions with the same results, fewer copied pages.
 */
#include <string.h>

#include "list.h"
#include "words.h"

typedef int operation(int value);

int twice(int value);
int negated(int value);
int squared(int value);
int is_word(unsigned int n);
int same_text(const char *one, const char *other);

int twice(int value)
{
	return 2 * value;
}

int negated(int value)
{
	return -value;
}

int squared(int value)
{
	return value * value;
}

#define TEXT(n) PREFIX " " #n,

const char *texts[WORDS] = { EACH_WORD(TEXT) };

/* The third, again and again. */
#define OPERATION(n) (1##n - 10000) % 3 == 0 ? twice : (1##n - 10000) % 3 == 1 ? negated : squared,

operation *const operations[WORDS] = { EACH_WORD(OPERATION) };

unsigned int lengths[WORDS] = { 9 };

__attribute__((constructor)) static void measure_words(void)
{
	for (unsigned int n = 0; n < WORDS; n++)
		lengths[n] = strlen(texts[n]);
}

int is_word(unsigned int n)
{
	return n < WORDS;
}

int same_text(const char *one, const char *other)
{
	return !strcmp(one, other);
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
	return is_word(n) ? operations[n](value) : 0;
}

int word_find(const char *text)
{
	for (unsigned int n = 0; n < WORDS; n++)
		if (same_text(texts[n], text))
			return n;
	return -1;
}
