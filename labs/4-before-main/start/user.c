// SPDX-License-Identifier: GPL-2.0-only
/*
 * user - says "ready" before it has called the library, then for each line that
 * it reads calls all of it and prints a sum of what it said. Leave it as it is.
 */
#include <stdio.h>
#include <string.h>

#include "words.h"

static unsigned int everything(void)
{
	unsigned int sum = 0;

	/* One past the end, too. */
	for (unsigned int n = 0; n <= WORDS; n++) {
		const char *text = word_text(n);

		sum = 31 * sum + word_length(n) + word_apply(n, n % 100);
		for (; text && *text; text++)
			sum = 31 * sum + *text;
	}
	sum = 31 * sum + word_find("word 0000");
	sum = 31 * sum + word_find("word 9999");
	sum = 31 * sum + word_find("no word");
	return sum;
}

int main(void)
{
	puts("ready");
	fflush(stdout);
	while (getchar() == '\n') {
		printf("%u\n", everything());
		fflush(stdout);
	}
	return 0;
}
