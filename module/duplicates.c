// SPDX-License-Identifier: GPL-2.0-only
/*
 * Libraries that are in memory more than once: different files with the same
 * build ID, as when several container images bring the same library. What it
 * costs is counted page by page: each index that is cached in n of them costs
 * n - 1 pages more than it would. Arithmetic only, as finish.c is.
 */
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/jhash.h>
#include <linux/log2.h>
#include <linux/random.h>
#include <linux/string.h>

#include "account.h"

#define HASH_BITS_MAX 14

static bool same_id(const struct libshare_library *a, const struct libshare_library *b)
{
	return a->buildid_len == b->buildid_len && !memcmp(a->buildid, b->buildid, a->buildid_len);
}

/* Any user may map files with build IDs of its choice: it must not choose the slot. */
static u32 *slot_of(const struct libshare_library *lib, u32 *slot, unsigned int bits, u32 seed)
{
	return &slot[jhash(lib->buildid, lib->buildid_len, seed) >> (32 - bits)];
}

/* Chain the resident libraries of each build ID to the first of them; 0 or -EINTR. */
static int chain(struct libshare_snapshot *snap, u32 *slot, unsigned int bits)
{
	u32 seed = get_random_u32();
	u64 i;

	for (i = 0; i < snap->libraries.nr; i++) {
		struct libshare_library *lib = libshare_library_at(snap, i), *first = NULL;
		u32 *head = slot_of(lib, slot, bits, seed), at;

		if (libshare_pause())
			return -EINTR;
		if (!lib->buildid_len || !lib->cached)
			continue;
		for (at = *head; at; at = first->next_id) {
			first = libshare_library_at(snap, at - 1);
			if (same_id(first, lib))
				break;
		}
		if (at) {
			lib->next_same = first->next_same;
			first->next_same = i + 1;
			first->duplicate = true;
			lib->duplicate = true;
		} else {
			lib->next_id = *head;
			*head = i + 1;
			lib->first_of_id = true;
		}
	}
	return 0;
}

/* Note the pages of @lib in @seen; add up how many of them were there already. */
static int count_again(struct libshare_snapshot *snap, struct libshare_library *lib,
		       struct libshare_pages *seen, u64 *again)
{
	struct libshare_block *block, *mark;
	u64 nr;

	for (nr = 0; (block = libshare_pages_next(&lib->pages, &nr)); nr++) {
		mark = libshare_pages_make(seen, nr, &snap->memory);
		if (!mark)
			return -ENOMEM;
		*again += hweight64(block->cached & mark->cached);
		mark->cached |= block->cached;
		if (libshare_pause())
			return -EINTR;
	}
	return 0;
}

static int count_group(struct libshare_snapshot *snap, struct libshare_library *lib)
{
	struct libshare_pages seen;
	int err;

	libshare_pages_init(&seen);
	for (;;) {
		err = count_again(snap, lib, &seen, &snap->totals.duplicated);
		if (err || !lib->next_same)
			break;
		lib = libshare_library_at(snap, lib->next_same - 1);
	}
	libshare_pages_free(&seen, &snap->memory);
	return err;
}

/**
 * libshare_finish_duplicates() - Find what is cached under one build ID twice.
 * @snap: The snapshot of the scan, whose libraries' pages are summed.
 *
 * Context: May sleep.
 * Return: 0, -ENOMEM, or -EINTR if the reader was killed.
 */
int libshare_finish_duplicates(struct libshare_snapshot *snap)
{
	unsigned int bits = min(ilog2(snap->libraries.nr | 1) + 1, HASH_BITS_MAX);
	size_t size = sizeof(u32) << bits;
	u32 *slot = libshare_memory_alloc(&snap->memory, size);
	int err;
	u64 i;

	if (!slot)
		return -ENOMEM;
	err = chain(snap, slot, bits);
	libshare_memory_free(&snap->memory, slot, size);
	for (i = 0; i < snap->libraries.nr && !err; i++) {
		struct libshare_library *lib = libshare_library_at(snap, i);

		if (lib->duplicate && lib->first_of_id)
			err = count_group(snap, lib);
	}
	return err;
}
