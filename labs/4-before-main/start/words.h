/* SPDX-License-Identifier: GPL-2.0-only */
/* What the library promises. Leave it as it is. */
#ifndef WORDS_H
#define WORDS_H

#include "student.h"

#define WORDS (100 * HUNDREDS)

/*
 * The word with number n, PREFIX, a space and four digits ("word 0000"), for as long as
 * the library is there; NULL for a number that no word has.
 */
const char *word_text(unsigned int n);

/* Its length. */
unsigned int word_length(unsigned int n);

/* Words 0, 3, 6 ... double a value, 1, 4, 7 ... negate it, the others square it. */
int word_apply(unsigned int n, int value);

/* The number of a word, or -1. */
int word_find(const char *text);

#endif
