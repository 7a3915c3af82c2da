// SPDX-License-Identifier: GPL-2.0-only
/*
 * A library whose size is known: TABLE_PAGES pages of constants, STATE_PAGES pages
 * of variables.
 * Leave it as it is.
 */
#include "numbers.h"

static const unsigned char table[TABLE_PAGES * PAGE] = { 1 };
static unsigned char state[STATE_PAGES * PAGE] = { 1 };

unsigned int numbers_read(unsigned int pages)
{
	const volatile unsigned char *byte = table;
	unsigned int sum = 0;

	/* From the middle on, far from pages that the loader touches. */
	for (unsigned int page = 0; page < pages; page++)
		sum += byte[(page + TABLE_PAGES / 2) % TABLE_PAGES * PAGE];
	return sum;
}

void numbers_write(unsigned int pages)
{
	volatile unsigned char *byte = state;

	for (unsigned int page = 0; page < STATE_PAGES; page++) {
		if (page < pages)
			byte[page * PAGE]++;
		else
			(void)byte[page * PAGE];
	}
}
