// SPDX-License-Identifier: GPL-2.0-only
/*
 * shop [COUNT] - asks libprices.so for the price of the first ASKED of its PRICES things,
 * COUNT (2) of each. Leave it as it is.
 */
#include <stdio.h>
#include <stdlib.h>

#include "prices.h"

static __attribute__((noipa)) int price(int thing, int count)
{
	switch (thing) {
	case 0:
		return price_0(count);
	case 1:
		return price_1(count);
	case 2:
		return price_2(count);
	case 3:
		return price_3(count);
	case 4:
		return price_4(count);
	case 5:
		return price_5(count);
#if PRICES > 6
	case 6:
		return price_6(count);
#endif
#if PRICES > 7
	case 7:
		return price_7(count);
#endif
#if PRICES > 8
	case 8:
		return price_8(count);
#endif
#if PRICES > 9
	case 9:
		return price_9(count);
#endif
	}
	return 0;
}

int main(int argc, char **argv)
{
	int count = argc > 1 ? atoi(argv[1]) : 2;

	for (int thing = 0; thing < ASKED; thing++)
		printf("%d\n", price(thing, count));
	return 0;
}
