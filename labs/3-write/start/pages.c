// SPDX-License-Identifier: GPL-2.0-only
/*
 * A library with 32 pages of variables that begin at a page's start. They have
 * values, so they are in the file (zeros alone would be .bss, which is not).
 * Leave it as it is.
 */
#define PAGE 4096
#define PAGES 32

extern unsigned char pages_data[PAGES * PAGE];

unsigned char pages_data[PAGES * PAGE] __attribute__((aligned(PAGE))) = { 1 };
