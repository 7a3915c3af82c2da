/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ORDER_H
#define ORDER_H

#include <stdint.h>

/* Which of two numbers is larger, as qsort() asks. */
static inline int order(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* For qsort() and bsearch() of uint64_t. */
static inline int order_numbers(const void *a, const void *b)
{
	return order(*(const uint64_t *)a, *(const uint64_t *)b);
}

#endif
