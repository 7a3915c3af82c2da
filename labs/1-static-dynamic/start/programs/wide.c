// SPDX-License-Identifier: GPL-2.0-only
/* Characters of more than a byte. */
#include <locale.h>
#include <stdlib.h>
#include <wchar.h>

#include "stay.h"

int main(int argc, char **argv)
{
	wchar_t wide[32];

	(void)argv;
	setlocale(LC_ALL, "C.UTF-8");
	printf("%zu characters\n", mbstowcs(wide, "Seitengr\u00f6\u00dfe", 32));
	return stay(argc);
}
