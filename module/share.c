// SPDX-License-Identifier: GPL-2.0-only
/* Proportional set size, to the byte: sums of pages divided among their owners. */
#include <linux/bits.h>
#include <linux/math64.h>
#include <linux/mm.h>

#include "share.h"

#define FRACTION_BITS 46
#define FRACTION_ONE BIT_ULL(FRACTION_BITS)

/**
 * libshare_share_add() - Add a share to a sum.
 * @sum: The sum.
 * @share: What is added.
 */
void libshare_share_add(struct libshare_share *sum, const struct libshare_share *share)
{
	sum->bytes += share->bytes;
	sum->fraction += share->fraction;
	sum->bytes += sum->fraction >> FRACTION_BITS;
	sum->fraction &= FRACTION_ONE - 1;
}

/**
 * libshare_share_add_pages() - Add pages, each divided among as many owners.
 * @sum: The sum.
 * @owners: How many entries share each page; the fraction is rounded to nearest.
 * @nr: How many pages, fewer than 2^16.
 */
void libshare_share_add_pages(struct libshare_share *sum, u32 owners, u32 nr)
{
	struct libshare_share share = { .bytes = (u64)PAGE_SIZE * nr };
	u32 rest;

	if (owners > 1) {
		share.bytes = (u64)div_u64_rem(PAGE_SIZE, owners, &rest) * nr;
		share.fraction = div_u64(((u64)rest << FRACTION_BITS) + owners / 2, owners) * nr;
	}
	libshare_share_add(sum, &share);
}

/**
 * libshare_share_bytes() - Round a sum down to whole bytes.
 * @sum: The sum.
 *
 * The fractions were rounded to 2^-46, so a sum that is a whole number may
 * have come out a hair below it: a million of them err by less than 2^-26.
 *
 * Return: The bytes.
 */
u64 libshare_share_bytes(const struct libshare_share *sum)
{
	return sum->bytes + (sum->fraction + BIT_ULL(FRACTION_BITS - 24) >= FRACTION_ONE);
}
