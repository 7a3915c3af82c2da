/* SPDX-License-Identifier: GPL-2.0-only */
#define PAGE 4096
#define __aligned(size) __attribute__((__aligned__(size)))
#define __section(name) __attribute__((__section__(name)))

#define WORDS (PAGE / sizeof(void *))

extern char fixture_data[8 * PAGE];

void fixture_write(void);
int fixture_code(int x);
