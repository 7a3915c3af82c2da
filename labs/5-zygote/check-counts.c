// SPDX-License-Identifier: GPL-2.0-only
/* Whether a library of objects does what objects.h says. Linked by grade.py. */
#include <stdio.h>
#include <stdlib.h>

#include "objects.h"

static void want(const char *what, long got, long expected)
{
	if (got == expected)
		return;
	printf("%s is %ld, and should be %ld\n", what, got, expected);
	exit(1);
}

int main(void)
{
	static const unsigned int some[] = { 0, 1, 63, 64, 4095, 4096, OBJECTS - 1 };
	unsigned int i, dead = 0;

	want("the number of objects that are marked", objects_collect(), OBJECTS);
	for (i = 0; i < sizeof(some) / sizeof(some[0]); i++) {
		want("the count of an object at the start", object_count(some[i]), 1);
		want("the sum of an object", object_sum(some[i]), 21);
		object_get(some[i]);
		object_get(some[i]);
		want("the count after object_get() twice", object_count(some[i]), 3);
	}
	for (i = 0; i < 100000; i++)
		object_get(7);
	want("the count after 100000 object_get()", object_count(7), 100001);
	for (i = 0; i < OBJECTS; i += 3, dead++)
		while (object_count(i) > 0)
			object_put(i);
	want("the number of objects with a reference", objects_collect(), OBJECTS - dead);
	want("the same, collected again", objects_collect(), OBJECTS - dead);
	object_get(0);
	want("the same, after one came back", objects_collect(), OBJECTS - dead + 1);
	puts("counts and marks are right");
	return 0;
}
