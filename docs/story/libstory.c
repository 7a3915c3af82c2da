// SPDX-License-Identifier: GPL-2.0-only
/*
 * The library of docs/story.md: parts of known sizes, in pages of 4096 bytes,
 * and one function for each thing that a program can do to a page.
 */
#include "libstory.h"

#define PAGE 4096
#define WORDS (PAGE / sizeof(long))

/* 16 functions, each on a page of its own. */
#define PAGED __attribute__((aligned(PAGE)))

PAGED static long function_0(long x) { return x * 31 + 0; }
PAGED static long function_1(long x) { return x * 31 + 1; }
PAGED static long function_2(long x) { return x * 31 + 2; }
PAGED static long function_3(long x) { return x * 31 + 3; }
PAGED static long function_4(long x) { return x * 31 + 4; }
PAGED static long function_5(long x) { return x * 31 + 5; }
PAGED static long function_6(long x) { return x * 31 + 6; }
PAGED static long function_7(long x) { return x * 31 + 7; }
PAGED static long function_8(long x) { return x * 31 + 8; }
PAGED static long function_9(long x) { return x * 31 + 9; }
PAGED static long function_10(long x) { return x * 31 + 10; }
PAGED static long function_11(long x) { return x * 31 + 11; }
PAGED static long function_12(long x) { return x * 31 + 12; }
PAGED static long function_13(long x) { return x * 31 + 13; }
PAGED static long function_14(long x) { return x * 31 + 14; }
PAGED static long function_15(long x) { return x * 31 + 15; }

/* 48 pages that are only read. */
static const long table[STORY_TABLE * WORDS] __attribute__((aligned(PAGE))) = { 1 };

/* 8 pages of pointers, which are read-only once they are relocated. */
static const char *const names[STORY_NAMES * WORDS] __attribute__((aligned(PAGE))) = {
	[0 ... STORY_NAMES * WORDS - 1] = "name"
};

/* 24 pages of data that a program may write. */
static long data[STORY_DATA * WORDS] __attribute__((aligned(PAGE))) = { 1 };

long story_call(unsigned int n, long x)
{
	static long (*const functions[])(long) = {
		function_0, function_1, function_2, function_3,
		function_4, function_5, function_6, function_7,
		function_8, function_9, function_10, function_11,
		function_12, function_13, function_14, function_15,
	};

	return functions[n % STORY_FUNCTIONS](x);
}

long story_table(unsigned int page)
{
	return *(const volatile long *)&table[page % STORY_TABLE * WORDS];
}

const char *story_name(unsigned int page)
{
	return *(const char *const volatile *)&names[page % STORY_NAMES * WORDS];
}

long story_read(unsigned int page)
{
	return *(volatile long *)&data[page % STORY_DATA * WORDS];
}

void story_write(unsigned int page)
{
	*(volatile char *)&data[page % STORY_DATA * WORDS] = 2;
}
