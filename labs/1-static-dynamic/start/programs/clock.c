// SPDX-License-Identifier: GPL-2.0-only
/* A date in words. */
#include <time.h>

#include "stay.h"

int main(int argc, char **argv)
{
	time_t day = 86400L * 10000;
	char text[80];

	(void)argv;
	strftime(text, sizeof(text), "%A, %d %B %Y", gmtime(&day));
	puts(text);
	return stay(argc);
}
