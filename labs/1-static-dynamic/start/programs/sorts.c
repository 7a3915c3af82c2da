// SPDX-License-Identifier: GPL-2.0-only
/* Sorts numbers. */
#include <stdlib.h>

#include "stay.h"

static int compare(const void *one, const void *other)
{
	return *(const int *)one - *(const int *)other;
}

int main(int argc, char **argv)
{
	int numbers[1000];

	(void)argv;
	srandom(7);
	for (int n = 0; n < 1000; n++)
		numbers[n] = random() % 10000;
	qsort(numbers, 1000, sizeof(*numbers), compare);
	printf("%s\n", numbers[0] <= numbers[999] ? "sorted" : "not sorted");
	return stay(argc);
}
