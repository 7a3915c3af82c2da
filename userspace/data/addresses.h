/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the files lie in a process, to tell addresses from other words of a page. */
#ifndef ADDRESSES_H
#define ADDRESSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SLOTS 256	/* a power of two */

struct range {
	uint64_t start, end;
	uint64_t value;		/* what stands for address @start */
};

/* Where addresses were found that are near each other, or where no file is. */
struct slot {
	uint64_t start, size;
	uint64_t more;		/* by which what stands for an address is more than itself */
};

struct addresses {
	struct range *at;	/* sorted */
	size_t nr, room;
	size_t word;			/* bytes of an address: 4 or 8 */
	uint64_t seed;
	struct slot slot[SLOTS];
};

bool addresses_read(struct addresses *a, uint64_t pid);
bool addresses_has(const struct addresses *a, uint64_t start, uint64_t end);
void addresses_search(const struct addresses *a, uint64_t address, struct slot *slot);

/**
 * addresses_more() - Find what stands for an address.
 * @a: The process.
 * @address: The address.
 *
 * Return: By how much it is more than the address: 0 if no file is there.
 */
static inline uint64_t addresses_more(struct addresses *a, uint64_t address)
{
	struct slot *slot = &a->slot[(address >> 20) % SLOTS];

	if (address - slot->start >= slot->size)
		addresses_search(a, address, slot);
	return slot->more;
}

#endif
