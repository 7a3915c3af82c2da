// SPDX-License-Identifier: GPL-2.0-only
/* 64 pages of constant pointers: what the loader relocates in a program. */
#define PAGE 4096
#define WORDS (64 * PAGE / sizeof(char *))

extern const char *const tables[WORDS];
static const char text[] = "x";
const char *const tables[WORDS] __attribute__((aligned(PAGE))) = { [0 ... WORDS - 1] = text };
