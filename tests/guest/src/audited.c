// SPDX-License-Identifier: GPL-2.0-only
/*
 * A shared object whose copies are known to the page: 8 pages of constant pointers,
 * which the loader relocates, and 16 pages of data, of which audited_write() writes some.
 * No C library.
 */
#define PAGE 4096
#define WORDS (PAGE / sizeof(void *))
#define ON_PAGES __attribute__((aligned(PAGE)))

extern char audited_data[16 * PAGE];
extern char *const audited_relro[8 * WORDS];
void audited_write(long own);

ON_PAGES char *const audited_relro[8 * WORDS] = { [0 ... 8 * WORDS - 1] = audited_data };
ON_PAGES char audited_data[16 * PAGE] = { 1 };

static void set(int page, int word, long value)
{
	((volatile long *)(audited_data + page * PAGE))[word] = value;
}

/* Pages 0-3 get the same in every process, 4-6 what is its own, 7 and 8 what they had,
 * 9 and 10 an address, 11 and 12 the same together with an address. The rest stays.
 */
void audited_write(long own)
{
	int page;

	for (page = 0; page < 4; page++)
		set(page, 7, 0x1234);
	for (page = 4; page < 7; page++)
		set(page, 7, own);
	set(7, 7, 0);
	set(8, 511, 0);
	for (page = 9; page < 13; page++)
		set(page, 100, (long)(audited_data + 5));
	set(11, 7, 0x1234);
	set(12, 511, 0x4321);
}
