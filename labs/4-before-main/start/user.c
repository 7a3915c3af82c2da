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
	static const char *texts[WORDS + 1];
	unsigned int sum = 0;

	/* One past the end, too. All words are there at once. */
	for (unsigned int n = 0; n <= WORDS; n++) {
		texts[n] = word_text(n);
		sum = 31 * sum + word_length(n) + word_apply(n, n % 100);
	}
	for (unsigned int n = 0; n <= WORDS; n++)
		for (const char *text = texts[n]; text && *text; text++)
			sum = 31 * sum + *text;
	sum = 31 * sum + word_find(PREFIX " 0000");
	sum = 31 * sum + word_find(PREFIX " 4321");
	sum = 31 * sum + word_find(PREFIX " 9999");
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
