// SPDX-License-Identifier: GPL-2.0-only
/*
 * A shared object with known parts: 8 pages of code, 4 of constants, 3 of
 * relocated constants (relro) and 5 of data. No C library.
 */
#define PAGE 4096

extern const char fixture_rodata[4 * PAGE];
extern char fixture_data[5 * PAGE];
extern const char *const fixture_relro[3 * PAGE / sizeof(char *)];
int fixture_text(int x);

const char fixture_rodata[4 * PAGE] __attribute__((aligned(PAGE))) = { 1 };
char fixture_data[5 * PAGE] __attribute__((aligned(PAGE))) = { 2 };
const char *const fixture_relro[3 * PAGE / sizeof(char *)] = {
	[0 ... 3 * PAGE / sizeof(char *) - 1] = fixture_rodata,
};

__attribute__((aligned(PAGE))) int fixture_text(int x)
{
	__asm__ volatile(".fill 7 * 4096, 1, 0x90");
	return x + 1;
}
