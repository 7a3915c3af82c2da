// SPDX-License-Identifier: GPL-2.0-only
/* A regular expression. */
#include <regex.h>

#include "stay.h"

int main(int argc, char **argv)
{
	regex_t expression;

	(void)argv;
	if (regcomp(&expression, "^lib[a-z]+\\.so(\\.[0-9]+)*$", REG_EXTENDED | REG_NOSUB))
		return 1;
	puts(regexec(&expression, "libshare.so.1.0", 0, NULL, 0) ? "no match" : "match");
	regfree(&expression);
	return stay(argc);
}
