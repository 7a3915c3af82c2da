// SPDX-License-Identifier: GPL-2.0-only
/* Text to numbers and back. */
#include <stdlib.h>
#include <string.h>

#include "stay.h"

int main(int argc, char **argv)
{
	char *text = strdup("3.25 17 0x2a");
	double sum = 0;

	(void)argv;
	for (char *rest = text; *rest;)
		sum += strtod(rest, &rest);
	printf("%.2Lf\n", (long double)sum);
	free(text);
	return stay(argc);
}
