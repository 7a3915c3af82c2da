// SPDX-License-Identifier: GPL-2.0-only
#include "memory.h"
#include "test.h"
#include "text.h"

static struct libshare_memory memory;

static void check_escape(const char *text, const char *want)
{
	bool shortened = false;
	char *got = libshare_text_escape(&memory, text, &shortened);

	CHECK(!strcmp(got, want));
	CHECK(!shortened);
	libshare_memory_free(&memory, got, strlen(got) + 1);
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

/* So many times what @unit is, with an end of its own: what comes of it. */
static void check_long(const char *unit, size_t times, const char *escaped, bool whole)
{
	static char text[40000], want[160000];
	bool shortened = false;
	char *got, *gap;

	*text = *want = '\0';
	for (size_t i = 0; i < times; i++) {
		memcpy(text + i * strlen(unit), unit, strlen(unit) + 1);
		memcpy(want + i * strlen(escaped), escaped, strlen(escaped) + 1);
	}
	strcat(text, "/end");
	strcat(want, "/end");
	got = libshare_text_escape(&memory, text, &shortened);
	CHECK_EQ(shortened, !whole);
	CHECK(strlen(got) < PATH_MAX);
	gap = strstr(got, "…");
	if (whole) {
		CHECK(!strcmp(got, want));
	} else {
		CHECK(strlen(got) > PATH_MAX - 9);
		CHECK(gap && !strncmp(got, want, gap - got));
		CHECK_EQ((gap - got) % strlen(escaped), 0);
		gap += strlen("…");
		CHECK(!strcmp(gap, want + strlen(want) - strlen(gap)));
		CHECK_EQ((strlen(gap) - strlen("/end")) % strlen(escaped), 0);
	}
	libshare_memory_free(&memory, got, strlen(got) + 1);
}

static void test_escape_long(void)
{
	check_long("x", PATH_MAX - 5, "x", true);
	check_long("x", PATH_MAX - 4, "x", false);
	check_long("\\", (PATH_MAX - 5) / 4, "\\134", true);
	check_long("\\", (PATH_MAX - 5) / 4 + 1, "\\134", false);
	check_long("\\", 32000, "\\134", false);
	check_long("ü", 3000, "ü", false);
	check_long("€", 3000, "€", false);
}

static void test_escape_no_memory(void)
{
	kernel_fail_after = 0;
	CHECK(!libshare_text_escape(&memory, "x", NULL));
	kernel_fail_after = -1;
}

static void check_number(u64 value)
{
	char buf[LIBSHARE_HEX_TEXT + 1], want[LIBSHARE_HEX_TEXT + 1];

	for (unsigned int digits = 1; digits <= 16; digits++) {
		memset(buf, 0, sizeof(buf));
		CHECK(libshare_text_hex(buf, value, digits) == buf + strlen(buf));
		snprintf(want, sizeof(want), "%0*llx", digits, value);
		CHECK(!strcmp(buf, want));
	}
}

static void test_numbers(void)
{
	for (unsigned int bit = 0; bit < 64; bit++)
		for (int more = -1; more <= 1; more++)
			check_number((1ULL << bit) + more);
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
	char buf[LIBSHARE_SHORT_BYTES(columns)];

	libshare_text_shorten(text, columns, buf);
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
	check_short("a\033]0;x\a\177.so", 30, "a\\033]0;x\\007\\177.so");
	check_short("a\302\233m", 30, "a\\302\\233m");
	check_short("\xbf\xc3", 30, "\\277\\303");
	check_short("\xe2\x82.", 30, "\\342\\202.");
	check_short("\xed€😀", 30, "\\355€😀");
	check_short("\033\033\033\033", 15, "\\033…\\033\\033");
	check_short("\033\033\033\033", 10, "…\\033");
}

int main(void)
{
	libshare_memory_init(&memory);
	test("tab, newline and backslash are escaped, all else is not", test_escape);
	test("a text of more than PATH_MAX bytes loses its middle, never half a character",
	     test_escape_long);
	test("an escape without memory gives nothing", test_escape_no_memory);
	test("hexadecimal numbers", test_numbers);
	test("sizes for people", test_size);
	test("long names lose their middle, never half a character", test_shorten);
	CHECK_EQ(memory.used, 0);
	return test_end();
}
