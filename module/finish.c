// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counts → the published numbers: everything that can only be known once all processes
 * were walked. Arithmetic only; it runs in user space for its unit tests.
 */
#include <linux/bitops.h>
#include <linux/errno.h>

#include "account.h"

/* Add some pages of a block, which all have as many entries each, to a PSS. */
static void add_share(struct libshare_mapping *map, const struct libshare_block *block, u64 pages,
		      u32 sharers)
{
	if (!block->again) {
		libshare_share_add_pages(&map->pss, sharers, hweight64(pages));
		return;
	}
	for (; pages; pages &= pages - 1)
		libshare_share_add_pages(&map->pss, sharers + block->again->of[__ffs64(pages)], 1);
}

/* What the pages of a block are to a mapping that maps them. */
static void finish_word(struct libshare_block *block, u64 pages, struct libshare_mapping *map,
			struct libshare_process *proc, u32 visitor)
{
	u64 seen = block->seen_by == visitor ? block->seen : 0, alike;
	u32 sharers;

	block->seen_by = visitor;
	block->seen = seen | pages;
	for (; pages; pages &= ~alike) {
		alike = libshare_block_alike(block, pages, &sharers);
		add_share(map, block, alike, sharers);
		if (sharers > 1)
			map->shared += hweight64(alike);
		else
			proc->private += hweight64(alike & ~seen);
	}
}

static int finish_mapping(struct libshare_snapshot *snap, struct libshare_mapping *map)
{
	struct libshare_process *proc = libshare_process_at(snap, map->process);
	/* No number that a process had while pages were counted. */
	u32 visitor = snap->processes.nr + 1 + map->process;
	u64 i, end = map->first_word + map->nr_words;
	struct libshare_word *word = NULL;

	for (i = map->first_word; i < end; i++) {
		word = libshare_rows_next(&snap->words, i, word);
		finish_word(word->block, word->pages, map, proc, visitor);
	}
	libshare_share_add(&proc->pss, &map->pss);
	return libshare_pause();
}

static int finish_mappings(struct libshare_snapshot *snap)
{
	int err = 0;
	u64 i;

	for (i = 0; i < snap->mappings.nr && !err; i++)
		err = finish_mapping(snap, libshare_mapping_at(snap, i));
	return err;
}

/*
 * An entry under migration keeps its page mapped for its process, but the kernel does
 * not count it: mappings leaves it out, after PSS has used it.
 */
static int finish_moving(struct libshare_snapshot *snap)
{
	int err = 0;
	u64 i;

	for (i = 0; i < snap->moving.nr && !err; i++) {
		const struct libshare_moving *moving = libshare_rows_at(&snap->moving, i);

		if (libshare_pages_make_counts(&moving->block->again, &snap->memory))
			return -ENOMEM;
		moving->block->again->of[moving->nr]--;
		err = libshare_pause();
	}
	return err;
}

static u32 mappings_max(const struct libshare_block *block, u64 pages)
{
	struct libshare_page page;
	u32 most = 0, i;

	for (; block->again && pages; pages &= pages - 1) {
		libshare_block_page(block, __ffs64(pages), &page);
		most = max(most, page.mappings);
	}
	/* Bit by bit from the highest, keep the pages that have it. */
	for (i = block->planes; i-- > 0 && !block->again; ) {
		if (!(pages & block->sharers[i]))
			continue;
		pages &= block->sharers[i];
		most |= 1U << i;
	}
	return most;
}

static void sum_block(struct libshare_library *lib, struct libshare_block *block)
{
	u64 any = 0, many = 0, late;
	u32 i;

	for (i = 0; i < block->planes; i++) {
		any |= block->sharers[i];
		many |= i ? block->sharers[i] : 0;
		lib->rss += (u64)hweight64(block->sharers[i]) << i;
	}
	/* What is mapped is cached, though it may not have been when the cache was read. */
	late = any & ~block->cached;
	block->cached |= late;
	for (; late && block->mapcount; late &= late - 1)
		block->mapcount->of[__ffs64(late)] = LIBSHARE_MAPCOUNT_UNKNOWN;
	lib->cached += hweight64(block->cached);
	lib->unmapped += hweight64(block->cached & ~any);
	lib->mapped += hweight64(any);
	lib->shared += hweight64(many);
	lib->mapcount_max = max(lib->mapcount_max, mappings_max(block, any));
}

static int sum_library(struct libshare_totals *t, struct libshare_library *lib)
{
	struct libshare_block *block;
	u64 nr;

	for (nr = 0; (block = libshare_pages_next(&lib->pages, &nr)); nr++) {
		sum_block(lib, block);
		if (libshare_pause())
			return -EINTR;
	}
	t->cached += lib->cached;
	t->unmapped += lib->unmapped;
	t->mapped += lib->mapped;
	t->rss += lib->rss;
	t->cow += lib->cow;
	t->cow_unique += lib->cow_unique;
	t->swap += lib->swap;
	return 0;
}

static int sum_libraries(struct libshare_snapshot *snap)
{
	int err = 0;
	u64 i;

	for (i = 0; i < snap->libraries.nr && !err; i++)
		err = sum_library(&snap->totals, libshare_library_at(snap, i));
	for (i = 0; i < snap->processes.nr && !err; i++) {
		snap->totals.processes += libshare_process_at(snap, i)->libs > 0;
		err = libshare_pause();
	}
	return err;
}

/**
 * libshare_finish() - Work out all numbers once everything was read.
 * @snap: The snapshot of the scan.
 *
 * Context: May sleep.
 * Return: 0, -ENOMEM, or -EINTR if the reader was killed.
 */
int libshare_finish(struct libshare_snapshot *snap)
{
	int err = libshare_finish_copies(snap);

	if (!err && (snap->want & LIBSHARE_WANT_ROWS))
		err = finish_mappings(snap);
	if (!err)
		err = finish_moving(snap);
	if (!err)
		err = sum_libraries(snap);
	if (!err)
		err = libshare_finish_duplicates(snap);
	if (!err && (snap->want & LIBSHARE_WANT_PAGES))
		err = libshare_finish_histogram(snap);
	if (!err && (snap->want & LIBSHARE_WANT_CGROUPS))
		err = libshare_finish_uses(snap);
	return err;
}
