// SPDX-License-Identifier: GPL-2.0-only
/*
 * interpose.so, for LD_PRELOAD: price_0() costs twice of what the library says.
 */
#define _GNU_SOURCE
#include <dlfcn.h>

#include "prices.h"

int price_0(int count)
{
	return 2 * 7 * count;
}
