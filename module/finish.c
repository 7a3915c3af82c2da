// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counts → the published numbers: everything that can only be known once all
 * processes were walked. Arithmetic only; it runs in user space for its unit
 * tests.
 */
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/hash.h>
#include <linux/log2.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "account.h"
#include "snapshot.h"

#define FRACTION_BITS 48
#define FRACTION_ONE BIT_ULL(FRACTION_BITS)

static void share_add(struct libshare_share *sum, const struct libshare_share *share)
{
	sum->bytes += share->bytes;
	sum->fraction += share->fraction;
	sum->bytes += sum->fraction >> FRACTION_BITS;
	sum->fraction &= FRACTION_ONE - 1;
}

/* One page divided among @owners entries; the fraction is rounded to nearest. */
static void share_add_page(struct libshare_share *sum, u32 owners)
{
	struct libshare_share share = { .bytes = PAGE_SIZE };
	u32 rest;

	if (owners > 1) {
		share.bytes = div_u64_rem(PAGE_SIZE, owners, &rest);
		share.fraction = div_u64(((u64)rest << FRACTION_BITS) + owners / 2, owners);
	}
	share_add(sum, &share);
}

/*
 * The fractions were rounded to 2^-48, so a sum that is a whole number may
 * have come out a hair below it: a million of them err by less than 2^-28.
 */
static void share_settle(struct libshare_share *sum)
{
	if (sum->fraction + BIT_ULL(FRACTION_BITS - 24) >= FRACTION_ONE)
		sum->bytes++;
	sum->fraction = 0;
}

static struct libshare_page *page_at(struct libshare_library *lib, u64 index)
{
	return &libshare_pages_find(&lib->pages, index >> LIBSHARE_BLOCK_SHIFT)
			->page[index % LIBSHARE_BLOCK_PAGES];
}

static struct libshare_copy *copy_at(const struct libshare_snapshot *snap, u64 i)
{
	return libshare_vec_at(&snap->copies, i);
}

/* A copy, as several entries hold it. */
struct copy_group {
	u32 entries;
	u32 processes;
	u32 last_process;	/* 1 + its index */
};

/* All copies, and how to find the one that is the same. */
struct copy_groups {
	struct libshare_snapshot *snap;
	struct copy_group *group;	/* by index of the first of equal copies */
	u32 *slot;			/* 1 + index of the first copy of a hash slot */
	unsigned int bits;
};

static bool same_copy(const struct libshare_snapshot *snap, const struct libshare_copy *a,
		      const struct libshare_copy *b)
{
	return a->pfn == b->pfn && a->index == b->index &&
	       libshare_mapping_at(snap, a->mapping)->library ==
	       libshare_mapping_at(snap, b->mapping)->library;
}

/* The index of the first copy that is the same as copy @i, perhaps itself. */
static u32 group_of(struct copy_groups *g, u32 i)
{
	struct libshare_copy *copy = copy_at(g->snap, i);
	u64 library = libshare_mapping_at(g->snap, copy->mapping)->library;
	u32 *slot = &g->slot[hash_64(copy->pfn ^ hash_64(copy->index ^ library << 40, 64),
				     g->bits)];
	u32 first;

	for (first = *slot; first; first = copy_at(g->snap, first - 1)->next)
		if (same_copy(g->snap, copy_at(g->snap, first - 1), copy))
			return first - 1;
	copy->next = *slot;
	*slot = i + 1;
	return i;
}

static void group_add(struct copy_groups *g, u32 i)
{
	const struct libshare_mapping *map = libshare_mapping_at(g->snap,
								 copy_at(g->snap, i)->mapping);
	struct copy_group *group = &g->group[group_of(g, i)];

	if (!group->entries)
		libshare_library_at(g->snap, map->library)->cow_unique++;
	group->entries++;
	if (group->last_process != map->process + 1) {
		group->last_process = map->process + 1;
		group->processes++;
	}
}

/* What copy @i is to its mapping and process, now that all owners are known. */
static void settle_copy(struct copy_groups *g, u32 i)
{
	struct libshare_mapping *map = libshare_mapping_at(g->snap,
							   copy_at(g->snap, i)->mapping);
	u32 first = group_of(g, i);
	struct copy_group *group = &g->group[first];

	share_add_page(&map->pss, group->entries);
	if (group->processes > 1)
		map->cow_shared++;
	else if (first == i)
		libshare_process_at(g->snap, map->process)->private++;
}

static int finish_copies(struct libshare_snapshot *snap)
{
	struct copy_groups g = { .snap = snap };
	u64 nr = snap->copies.nr, i;
	int err = -ENOMEM;

	if (!nr)
		return 0;
	if (nr >= U32_MAX)
		return -ENOMEM;
	g.bits = max(1, ilog2(nr) + 1);
	g.slot = kvcalloc(1UL << g.bits, sizeof(*g.slot), LIBSHARE_GFP);
	g.group = kvcalloc(nr, sizeof(*g.group), LIBSHARE_GFP);
	if (!g.slot || !g.group)
		goto out;
	for (i = 0; i < nr; i++) {
		group_add(&g, i);
		cond_resched();
	}
	for (i = 0; i < nr && (snap->want & LIBSHARE_WANT_ROWS); i++) {
		settle_copy(&g, i);
		cond_resched();
	}
	err = 0;
out:
	kvfree(g.group);
	kvfree(g.slot);
	return err;
}

/* What 64 pages are to a mapping that maps those in @word. */
static void settle_word(struct libshare_block *block, u64 word, struct libshare_mapping *map,
			struct libshare_process *proc)
{
	if (block->seen_by != map->process + 1) {
		block->seen_by = map->process + 1;
		block->seen = 0;
	}
	for (; word; word &= word - 1) {
		unsigned int i = __ffs64(word);
		const struct libshare_page *page = &block->page[i];

		share_add_page(&map->pss, page->mappings);
		if (page->sharers > 1)
			map->shared++;
		else if (!(block->seen & BIT_ULL(i)))
			proc->private++;
		block->seen |= BIT_ULL(i);
	}
}

static void forget_seen(struct libshare_library *lib)
{
	struct libshare_block *block;
	unsigned long nr;

	xa_for_each(&lib->pages.blocks, nr, block)
		block->seen_by = 0;
}

static void finish_mapping(struct libshare_snapshot *snap, struct libshare_mapping *map)
{
	struct libshare_library *lib = libshare_library_at(snap, map->library);
	struct libshare_process *proc = libshare_process_at(snap, map->process);
	u32 i;

	for (i = 0; i < map->nr_bits; i++) {
		const struct libshare_bits *bits = libshare_vec_at(&snap->bits,
								   map->first_bits + i);

		settle_word(libshare_pages_find(&lib->pages, bits->block_nr), bits->word, map,
			    proc);
	}
	share_add(&proc->pss, &map->pss);
	share_settle(&map->pss);
}

static void finish_mappings(struct libshare_snapshot *snap)
{
	u64 i;

	for (i = 0; i < snap->libraries.nr; i++)
		forget_seen(libshare_library_at(snap, i));
	for (i = 0; i < snap->mappings.nr; i++) {
		finish_mapping(snap, libshare_mapping_at(snap, i));
		cond_resched();
	}
	for (i = 0; i < snap->processes.nr; i++)
		share_settle(&libshare_process_at(snap, i)->pss);
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

static void sum_pages(struct libshare_library *lib)
{
	struct libshare_block *block;
	unsigned long nr;
	unsigned int i;

	xa_for_each(&lib->pages.blocks, nr, block) {
		for (i = 0; i < LIBSHARE_BLOCK_PAGES; i++)
			sum_page(lib, &block->page[i]);
		cond_resched();
	}
}

static void sum_libraries(struct libshare_snapshot *snap)
{
	struct libshare_totals *t = &snap->totals;
	u64 i;

	for (i = 0; i < snap->libraries.nr; i++) {
		struct libshare_library *lib = libshare_library_at(snap, i);

		sum_pages(lib);
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
 * Return: 0 or -ENOMEM.
 */
int libshare_finish(struct libshare_snapshot *snap)
{
	int err = finish_copies(snap);

	if (err)
		return err;
	sum_mappings(snap);
	if (snap->want & LIBSHARE_WANT_ROWS)
		finish_mappings(snap);
	finish_migrating(snap);
	sum_libraries(snap);
	err = libshare_finish_duplicates(snap);
	if (!err && (snap->want & LIBSHARE_WANT_PAGES))
		err = finish_histogram(snap);
	return err;
}
