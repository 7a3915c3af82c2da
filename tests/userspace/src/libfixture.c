// SPDX-License-Identifier: GPL-2.0-only
/* A library with sections at known places, for fixture.c to write to. */

#include "libfixture.h"

/* Two pages of pointers, which the loader relocates: .data.rel.ro. */
__aligned(PAGE) char *const fixture_relro[2 * WORDS] = {
	[0 ... 2 * WORDS - 1] = fixture_data
};

/* Eight pages of data without pointers. */
__aligned(PAGE) char fixture_data[8 * PAGE] = { 1 };

/* A page of pointers that can be written to: in .data, and relocated. */
__aligned(PAGE) char *fixture_pointers[WORDS] = { [0 ... WORDS - 1] = fixture_data };

/* The last bytes of the file's data, and what follows them in memory. */
__section(".data.tail") char fixture_tail[100] = { 1 };
char fixture_bss[3 * PAGE];

/* Three of the eight pages of data are written to while the program runs. */
void fixture_write(void)
{
	fixture_data[1 * PAGE] = 2;
	fixture_data[4 * PAGE + 5] = 2;
	fixture_data[7 * PAGE + 4095] = 2;
}

/* Four pages of code of their own. */
__aligned(PAGE) int fixture_code(int x)
{
	__asm__ volatile(".skip 4 * 4096, 0x90");
	return x + 1;
}
