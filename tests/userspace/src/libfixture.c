// SPDX-License-Identifier: GPL-2.0-only
/* A library with sections at known places, for fixture.c to write to. */

#define PAGE 4096
#define WORDS (PAGE / sizeof(void *))

/* Two pages of pointers, which the loader relocates: .data.rel.ro. */
#define P &fixture_data[0]
#define P8 P, P, P, P, P, P, P, P
#define P64 P8, P8, P8, P8, P8, P8, P8, P8
#define P512 P64, P64, P64, P64, P64, P64, P64, P64

extern char fixture_data[8 * PAGE];

__attribute__((aligned(PAGE))) char *const fixture_relro[2 * WORDS] = { P512, P512 };

/* Eight pages of data without pointers. */
__attribute__((aligned(PAGE))) char fixture_data[8 * PAGE] = { 1 };

/* A page of pointers that can be written to: in .data, and relocated. */
__attribute__((aligned(PAGE))) char *fixture_pointers[WORDS] = { P512 };

/* The last bytes of the file's data, and what follows them in memory. */
__attribute__((section(".data.tail"))) char fixture_tail[100] = { 1 };
char fixture_bss[3 * PAGE];

/* Three of the eight pages of data are written to while the program runs. */
void fixture_write(void)
{
	fixture_data[1 * PAGE] = 2;
	fixture_data[4 * PAGE + 5] = 2;
	fixture_data[7 * PAGE + 4095] = 2;
}

/* Four pages of code of their own. */
__attribute__((aligned(PAGE))) int fixture_code(int x)
{
	__asm__ volatile(".skip 4 * 4096, 0x90");
	return x + 1;
}
