// SPDX-License-Identifier: GPL-2.0-only
/*
 * user [READ [WRITE]] - reads READ pages of the library's constants (all) and
 * writes WRITE pages of its variables (WRITTEN_PAGES) and reads the others, says "ready", and
 * stays until its standard input ends. Leave it as it is.
 */
#include <stdio.h>
#include <stdlib.h>

#include "numbers.h"

int main(int argc, char **argv)
{
	unsigned int read = argc > 1 ? atoi(argv[1]) : TABLE_PAGES;
	unsigned int write = argc > 2 ? atoi(argv[2]) : WRITTEN_PAGES;

	if (read > TABLE_PAGES || write > STATE_PAGES) {
		fprintf(stderr, "user: at most %d and %d pages\n", TABLE_PAGES, STATE_PAGES);
		return 1;
	}
	numbers_read(read);
	numbers_write(write);
	puts("ready");
	fflush(stdout);
	while (getchar() != EOF)
		;
	return 0;
}
