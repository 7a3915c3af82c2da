// SPDX-License-Identifier: GPL-2.0-only
/*
 * The libraries of the machine: all of them are this one, with other numbers of
 * pages of constants and another version. Leave it as it is.
 */
#include "student.h"

#define PAGE 4096
#define STATE_PAGES 4

static const unsigned char table[PAGES * PAGE] = { VERSION };
static unsigned char state[STATE_PAGES * PAGE] = { 1 };

/* Reads all of the constants, writes all of the variables. */
void numbers_use(void)
{
	for (int page = 0; page < PAGES; page++)
		(void)((const volatile unsigned char *)table)[page * PAGE];
	for (int page = 0; page < STATE_PAGES; page++)
		((volatile unsigned char *)state)[page * PAGE]++;
}
