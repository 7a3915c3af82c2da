// SPDX-License-Identifier: GPL-2.0-only
/* How many pages of a library have each number of sharers. Arithmetic only. */
#include <linux/bitops.h>
#include <linux/errno.h>

#include "account.h"

static int add_row(struct libshare_snapshot *snap, u32 library, u32 sharers, u64 pages)
{
	struct libshare_sharing *sharing;

	if (libshare_rows_reserve(&snap->sharings, 1, &snap->memory))
		return -ENOMEM;
	sharing = libshare_rows_add(&snap->sharings);
	sharing->library = library;
	sharing->sharers = sharers;
	sharing->pages = pages;
	return 0;
}

static int add_library(struct libshare_snapshot *snap, struct libshare_library *lib, u64 *pages)
{
	struct libshare_block *block;
	u64 left, alike, i;
	u64 nr;
	u32 sharers;
	int err = 0;

	memset(pages, 0, (lib->procs + 1ULL) * sizeof(*pages));
	for (nr = 0; (block = libshare_pages_next(&lib->pages, &nr)); nr++) {
		for (left = block->cached; left; left &= ~alike) {
			alike = libshare_block_alike(block, left, &sharers);
			pages[sharers] += hweight64(alike);
		}
		if (libshare_pause())
			return -EINTR;
	}
	for (i = 0; i <= lib->procs && !err; i++)
		if (pages[i])
			err = add_row(snap, lib->number, i, pages[i]);
	return err;
}

/**
 * libshare_finish_histogram() - Count the pages of each number of sharers.
 * @snap: The snapshot of the scan, whose libraries' pages are complete.
 *
 * Context: May sleep.
 * Return: 0, -ENOMEM, or -EINTR if the reader was killed.
 */
int libshare_finish_histogram(struct libshare_snapshot *snap)
{
	size_t size = (snap->processes.nr + 1) * sizeof(u64);
	u64 *pages = libshare_memory_alloc(&snap->memory, size), i;
	int err = 0;

	if (!pages)
		return -ENOMEM;
	for (i = 0; i < snap->libraries.nr && !err; i++)
		err = add_library(snap, libshare_library_at(snap, i), pages);
	libshare_memory_free(&snap->memory, pages, size);
	return err;
}
