/* SPDX-License-Identifier: GPL-2.0-only */
/* TAP for the unit tests. */
#ifndef LIBSHARE_UNIT_TEST_H
#define LIBSHARE_UNIT_TEST_H

#include "shim.h"

static int test_nr;
static int test_failed;		/* in all */
static int check_failed;	/* in the test that runs */

#define CHECK(cond) do { \
		if (!(cond)) { \
			printf("# %s:%d: %s\n", __FILE__, __LINE__, #cond); \
			check_failed++; \
		} \
	} while (0)

#define CHECK_EQ(got, want) do { \
		u64 _got = (got), _want = (want); \
		if (_got != _want) { \
			printf("# %s:%d: %s is %llu, not %llu\n", __FILE__, __LINE__, #got, \
			       _got, _want); \
			check_failed++; \
		} \
	} while (0)

static inline void test(const char *name, void (*run)(void))
{
	check_failed = 0;
	run();
	test_failed += check_failed > 0;
	printf("%sok %d - %s\n", check_failed ? "not " : "", ++test_nr, name);
}

static inline int test_end(void)
{
	printf("1..%d\n", test_nr);
	return test_failed > 0;
}

#endif
