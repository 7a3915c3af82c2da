// SPDX-License-Identifier: GPL-2.0-only
/* The library. Leave it as it is. */
#include "prices.h"

#ifndef DEAR
#define DEAR 7
#endif

int price_0(int count)
{
	return count * DEAR;
}

int price_1(int count)
{
	return count * DEAR + 1;
}

int price_2(int count)
{
	return count * DEAR + 2;
}

int price_3(int count)
{
	return count * DEAR + 3;
}

int price_4(int count)
{
	return count * DEAR + 4;
}

int price_5(int count)
{
	return count * DEAR + 5;
}

int price_6(int count)
{
	return count * DEAR + 6;
}

int price_7(int count)
{
	return count * DEAR + 7;
}

int price_8(int count)
{
	return count * DEAR + 8;
}

int price_9(int count)
{
	return count * DEAR + 9;
}

/* Something to write to. */
extern int stock[1024];
int stock[1024] = { 1 };
