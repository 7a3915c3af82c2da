/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the files lie in a process, to tell addresses from other words of a page. */
#ifndef LIBSHARE_ADDRESSES_H
#define LIBSHARE_ADDRESSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct libshare_range {
	uint64_t start, end;
	uint64_t value;		/* what stands for address @start */
};

struct libshare_addresses {
	struct libshare_range *at;	/* sorted */
	size_t nr, room;
	size_t last;			/* where the last address was found */
	size_t word;			/* bytes of an address: 4 or 8 */
	uint64_t seed;
};

bool libshare_addresses_read(struct libshare_addresses *a, uint64_t pid);
bool libshare_addresses_has(const struct libshare_addresses *a, uint64_t start, uint64_t end);
bool libshare_addresses_replace(struct libshare_addresses *a, void *page, size_t size);

#endif
