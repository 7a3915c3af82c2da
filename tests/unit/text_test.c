// SPDX-License-Identifier: GPL-2.0-only
#include "test.h"
#include "text.h"

static void check_escape(const char *text, const char *want)
{
	char *got = libshare_text_escape(text);

	CHECK(!strcmp(got, want));
	free(got);
}

static void test_escape(void)
{
	check_escape("", "");
	check_escape("/lib/plain.so", "/lib/plain.so");
	check_escape("a b", "a b");
	check_escape("a\tb\nc\\d", "a\\011b\\012c\\134d");
	check_escape("\t\t", "\\011\\011");
	check_escape("ünï\xff", "ünï\xff");
}

static void test_escape_no_memory(void)
{
	kernel_fail_after = 0;
	CHECK(!libshare_text_escape("x"));
	kernel_fail_after = -1;
}

static void check_number(u64 value)
{
	char buf[LIBSHARE_NUMBER_TEXT + 1], want[LIBSHARE_NUMBER_TEXT + 1];

	memset(buf, 0, sizeof(buf));
	CHECK(libshare_text_decimal(buf, value) == buf + strlen(buf));
	snprintf(want, sizeof(want), "%llu", (unsigned long long)value);
	CHECK(!strcmp(buf, want));
	for (unsigned int digits = 1; digits <= 16; digits++) {
		memset(buf, 0, sizeof(buf));
		CHECK(libshare_text_hex(buf, value, digits) == buf + strlen(buf));
		snprintf(want, sizeof(want), "%0*llx", digits, (unsigned long long)value);
		CHECK(!strcmp(buf, want));
	}
}

static void test_numbers(void)
{
	for (unsigned int bit = 0; bit < 64; bit++)
		for (int more = -1; more <= 1; more++)
			check_number((1ULL << bit) + more);
	for (u64 ten = 1; ten <= U64_MAX / 10; ten *= 10) {
		check_number(ten * 10 - 1);
		check_number(ten * 10);
	}
	check_number(U64_MAX);
}

static void check_size(u64 bytes, const char *want)
{
	char buf[LIBSHARE_SIZE_TEXT];

	libshare_text_size(bytes, buf);
	if (strcmp(buf, want))
		printf("# %llu is %s, not %s\n", bytes, buf, want);
	CHECK(!strcmp(buf, want));
}

static void test_size(void)
{
	check_size(0, "0");
	check_size(1, "1B");
	check_size(1023, "1023B");
	check_size(1024, "1K");
	check_size(4096, "4K");
	check_size(1536, "1.5K");
	check_size(99 * 1024 + 920, "99.9K");
	check_size(102300, "99.9K");
	check_size(102399, "100K");
	check_size(1023 * 1024, "1023K");
	check_size(1024 * 1024 - 1, "1M");
	check_size(1024 * 1024, "1M");
	check_size(1048576 + 52429, "1.1M");
	check_size(123456789, "118M");
	check_size(1ULL << 40, "1T");
	check_size(5ULL << 60, "5E");
	check_size(U64_MAX, "16E");
}

static void check_short(const char *text, unsigned int columns, const char *want)
{
	char buf[64];

	libshare_text_shorten(text, columns, buf, sizeof(buf));
	if (strcmp(buf, want))
		printf("# %s in %u is %s, not %s\n", text, columns, buf, want);
	CHECK(!strcmp(buf, want));
}

static void test_shorten(void)
{
	check_short("/lib/a.so", 9, "/lib/a.so");
	check_short("/lib/a.so", 20, "/lib/a.so");
	check_short("/lib/ab.so", 9, "/l…/ab.so");
	check_short("abcdefghijk", 3, "…jk");
	check_short("äöüäöüäöü", 9, "äöüäöüäöü");
	check_short("äöüäöüäöü", 7, "äö…üäöü");
	check_short("\xbf\xbf\xbf", 3, "\xbf\xbf\xbf");
	check_short("a\033]0;x\a\177.so", 30, "a?]0;x??.so");
}

int main(void)
{
	test("tab, newline and backslash are escaped, all else is not", test_escape);
	test("an escape without memory gives nothing", test_escape_no_memory);
	test("numbers, decimal and hexadecimal", test_numbers);
	test("sizes for people", test_size);
	test("long names lose their middle, never half a character", test_shorten);
	return test_end();
}
