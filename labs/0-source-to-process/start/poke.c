// SPDX-License-Identifier: GPL-2.0-only
/*
 * poke code|data - writes a byte to the code or to the data of libprices.so, which
 * this program is linked with. Leave it as it is.
 */
#include <string.h>

#include "prices.h"

extern int stock[1024];

int main(int argc, char **argv)
{
	volatile char *byte = (volatile char *)stock;

	if (argc != 2)
		return 2;
	if (!strcmp(argv[1], "code"))
		byte = (volatile char *)price_0;
	*byte = 1;
	return 0;
}
