/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef AUDIT_HASH_H
#define AUDIT_HASH_H

#include <stdint.h>

#include "data/addresses.h"

/* Random numbers of one audit. */
struct page_key {
	uint64_t *word;		/* one for each word of a page */
	uint64_t words;
	uint64_t seed;
};

/* Two pages have the same hash only if they are equal. */
struct page_hash {
	uint64_t content;	/* of the page as it is */
	uint64_t moved;		/* of the page without addresses */
};

void page_key_make(struct page_key *key, uint64_t page_size);
void page_key_free(struct page_key *key);
struct page_hash page_hash(const struct page_key *key, struct addresses *a, const void *page);

#endif
