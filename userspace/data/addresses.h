/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the files lie in a process, to tell addresses from other words of a page. */
#ifndef ADDRESSES_H
#define ADDRESSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct range {
	uint64_t start, end;
	uint64_t value;		/* what stands for address @start */
};

struct addresses {
	struct range *at;	/* sorted */
	size_t nr, room;
	size_t last;			/* where the last address was found */
	size_t word;			/* bytes of an address: 4 or 8 */
	uint64_t seed;
};

bool addresses_read(struct addresses *a, uint64_t pid);
bool addresses_has(const struct addresses *a, uint64_t start, uint64_t end);
const struct range *addresses_find(struct addresses *a, uint64_t address);

#endif
