// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counts → the published numbers: everything that can only be known once all
 * processes were walked. Arithmetic only; it runs in user space for its unit
 * tests.
 */
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "finish.h"
#include "share.h"
#include "snapshot.h"

static struct libshare_page *page_at(struct libshare_library *lib, u64 index)
{
	return &libshare_pages_find(&lib->pages, index >> LIBSHARE_BLOCK_SHIFT)
			->page[index % LIBSHARE_BLOCK_PAGES];
}

/*
 * What 64 pages are to a mapping that maps those in @word. Neighbours are most often
 * mapped by as many, so that they are divided among them at once.
 */
static void settle_word(struct libshare_block *block, u64 word, struct libshare_mapping *map,
			struct libshare_process *proc)
{
	u64 seen = block->seen_by == map->process + 1 ? block->seen : 0, rest;
	u32 owners = 0, nr = 0, shared = 0;

	block->seen_by = map->process + 1;
	block->seen = seen | word;
	for (rest = word; rest; rest &= rest - 1) {
		unsigned int i = __ffs64(rest);
		const struct libshare_page *page = &block->page[i];

		if (page->mappings != owners && nr) {
			libshare_share_add_pages(&map->pss, owners, nr);
			nr = 0;
		}
		owners = page->mappings;
		nr++;
		if (page->sharers > 1)
			shared++;
		else if (!(seen & BIT_ULL(i)))
			proc->private++;
	}
	map->shared += shared;
	if (nr)
		libshare_share_add_pages(&map->pss, owners, nr);
}

static void forget_seen(struct libshare_library *lib)
{
	struct libshare_block *block;
	unsigned long nr;

	xa_for_each(&lib->pages.blocks, nr, block) {
		block->seen_by = 0;
		cond_resched();
	}
}

static int finish_mapping(struct libshare_snapshot *snap, struct libshare_mapping *map)
{
	struct libshare_library *lib = libshare_library_at(snap, map->library);
	struct libshare_process *proc = libshare_process_at(snap, map->process);
	u32 i;
	int err;

	for (i = 0; i < map->nr_bits; i++) {
		const struct libshare_bits *bits = libshare_vec_at(&snap->bits,
								   map->first_bits + i);

		settle_word(libshare_pages_find(&lib->pages, bits->block_nr), bits->word, map,
			    proc);
		err = libshare_finish_pause();
		if (err)
			return err;
	}
	libshare_share_add(&proc->pss, &map->pss);
	libshare_share_settle(&map->pss);
	return 0;
}

static int finish_mappings(struct libshare_snapshot *snap)
{
	int err = 0;
	u64 i;

	for (i = 0; i < snap->libraries.nr; i++)
		forget_seen(libshare_library_at(snap, i));
	for (i = 0; i < snap->mappings.nr && !err; i++)
		err = finish_mapping(snap, libshare_mapping_at(snap, i));
	for (i = 0; i < snap->processes.nr; i++)
		libshare_share_settle(&libshare_process_at(snap, i)->pss);
	return err;
}

static void sum_mappings(struct libshare_snapshot *snap)
{
	u64 i;

	for (i = 0; i < snap->mappings.nr; i++) {
		const struct libshare_mapping *map = libshare_mapping_at(snap, i);
		struct libshare_library *lib = libshare_library_at(snap, map->library);
		struct libshare_process *proc = libshare_process_at(snap, map->process);

		lib->cow += map->cow;
		lib->swap += map->swap;
		lib->ksm += map->ksm;
		proc->cow += map->cow;
		proc->swap += map->swap;
		cond_resched();
	}
}

/*
 * An entry under migration keeps its page mapped for its process, but is not
 * one that the kernel counts: mappings leaves it out, after PSS has used it.
 */
static void finish_migrating(struct libshare_snapshot *snap)
{
	u64 i;

	for (i = 0; i < snap->migrating.nr; i++) {
		const struct libshare_copy *entry = libshare_vec_at(&snap->migrating, i);
		u32 library = libshare_mapping_at(snap, entry->mapping)->library;

		page_at(libshare_library_at(snap, library), entry->index)->mappings--;
	}
}

static void sum_page(struct libshare_library *lib, struct libshare_page *page)
{
	/* What is mapped is cached, though it may not have been a moment ago. */
	if (page->sharers && !page->cached) {
		page->cached = 1;
		page->mapcount = LIBSHARE_MAPCOUNT_UNKNOWN;
	}
	lib->cached += page->cached;
	lib->unmapped += page->cached && !page->sharers;
	lib->mapped += page->sharers > 0;
	lib->shared += page->sharers > 1;
	lib->rss += page->sharers;
	lib->mapcount_max = max(lib->mapcount_max, page->mappings);
}

static int sum_pages(struct libshare_library *lib)
{
	struct libshare_block *block;
	unsigned long nr;
	unsigned int i;

	xa_for_each(&lib->pages.blocks, nr, block) {
		for (i = 0; i < LIBSHARE_BLOCK_PAGES; i++)
			sum_page(lib, &block->page[i]);
		if (libshare_finish_pause())
			return -EINTR;
	}
	return 0;
}

static int sum_libraries(struct libshare_snapshot *snap)
{
	struct libshare_totals *t = &snap->totals;
	u64 i;

	for (i = 0; i < snap->libraries.nr; i++) {
		struct libshare_library *lib = libshare_library_at(snap, i);

		if (sum_pages(lib))
			return -EINTR;
		t->cached += lib->cached;
		t->unmapped += lib->unmapped;
		t->mapped += lib->mapped;
		t->rss += lib->rss;
		t->cow += lib->cow;
		t->cow_unique += lib->cow_unique;
		t->swap += lib->swap;
	}
	for (i = 0; i < snap->processes.nr; i++)
		t->processes += libshare_process_at(snap, i)->libs > 0;
	return 0;
}

/* How many pages of a library have each number of sharers. */
static int finish_sharings(struct libshare_snapshot *snap, u32 library, u64 *pages, u64 room)
{
	struct libshare_library *lib = libshare_library_at(snap, library);
	struct libshare_block *block;
	unsigned long nr;
	u64 i;

	memset(pages, 0, room * sizeof(*pages));
	xa_for_each(&lib->pages.blocks, nr, block) {
		for (i = 0; i < LIBSHARE_BLOCK_PAGES; i++)
			if (block->page[i].cached)
				pages[block->page[i].sharers]++;
		cond_resched();
	}
	for (i = 0; i < room; i++) {
		struct libshare_sharing *sharing;

		if (!pages[i])
			continue;
		if (libshare_vec_reserve(&snap->sharings, 1))
			return -ENOMEM;
		sharing = libshare_vec_push(&snap->sharings);
		sharing->library = library;
		sharing->sharers = i;
		sharing->pages = pages[i];
	}
	return 0;
}

static int finish_histogram(struct libshare_snapshot *snap)
{
	u64 room = snap->processes.nr + 1, i;
	u64 *pages = kvcalloc(room, sizeof(*pages), LIBSHARE_GFP);
	int err = 0;

	if (!pages)
		return -ENOMEM;
	for (i = 0; i < snap->libraries.nr && !err; i++)
		err = finish_sharings(snap, i, pages,
				      min(room, libshare_library_at(snap, i)->procs + 1));
	kvfree(pages);
	return err;
}

/**
 * libshare_finish() - Work out all numbers once the last process was walked.
 * @snap: The snapshot of the scan.
 *
 * Context: Process context, may sleep.
 * Return: 0, -ENOMEM, or -EINTR when the reader was killed.
 */
int libshare_finish(struct libshare_snapshot *snap)
{
	int err = libshare_finish_copies(snap);

	if (err)
		return err;
	sum_mappings(snap);
	if (snap->want & LIBSHARE_WANT_ROWS)
		err = finish_mappings(snap);
	if (err)
		return err;
	finish_migrating(snap);
	err = sum_libraries(snap);
	if (!err)
		err = libshare_finish_duplicates(snap);
	if (!err && (snap->want & LIBSHARE_WANT_PAGES))
		err = finish_histogram(snap);
	return err;
}
