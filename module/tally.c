// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page tables → the totals of libraries, where neither rows nor pages are
 * wanted. Arithmetic only; it runs in user space for its unit tests.
 *
 * Counts are bit-sliced: a word holds one bit of each of 64 neighbouring pages'
 * counts, so that 64 of them are incremented by an addition with carry from word
 * to word, which most often ends after the second.
 */
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/slab.h>

#include "leaf.h"
#include "tally.h"

#define PLANES 32
#define WORDS 8

struct word {
	u64 seen;		/* pages that process seen_by is known to map */
	u64 any;		/* pages that at least one process maps */
	u64 many;		/* pages that at least two do */
	u64 mappings[PLANES];	/* bit n of the number of entries */
	u32 seen_by;		/* 1 + index of the process that was here last */
};

struct libshare_tally {
	struct word word[WORDS];
};

/**
 * libshare_tally_init() - Start with no page counted.
 * @lib: A new library.
 *
 * Context: Any; allocates nothing.
 */
void libshare_tally_init(struct libshare_library *lib)
{
	xa_init(&lib->tallies);
	lib->tally = NULL;
}

/**
 * libshare_tally_free() - Forget what was counted of single pages.
 * @lib: The library; its totals stay.
 *
 * Context: Process context, may sleep.
 */
void libshare_tally_free(struct libshare_library *lib)
{
	struct libshare_tally *tally;
	unsigned long nr;

	if (!lib->walked)
		return;
	xa_for_each(&lib->tallies, nr, tally) {
		kfree(tally);
		cond_resched();
	}
	xa_destroy(&lib->tallies);
	lib->tally = NULL;
}

static struct libshare_tally *find_tally(struct libshare_library *lib, u64 nr)
{
	if (!lib->tally || lib->tally_nr != nr) {
		lib->tally = xa_load(&lib->tallies, nr);
		lib->tally_nr = nr;
	}
	return lib->tally;
}

static int make_tally(struct libshare_library *lib, u64 nr)
{
	struct libshare_tally *tally;

	if (find_tally(lib, nr))
		return 0;
	tally = kzalloc(sizeof(*tally), LIBSHARE_GFP);
	if (!tally)
		return -ENOMEM;
	if (xa_err(xa_store(&lib->tallies, nr, tally, LIBSHARE_GFP))) {
		kfree(tally);
		return -ENOMEM;
	}
	return 0;
}

static struct word *find_word(struct libshare_library *lib, u64 block_nr)
{
	struct libshare_tally *tally = find_tally(lib, block_nr / WORDS);

	return tally ? &tally->word[block_nr % WORDS] : NULL;
}

/**
 * libshare_tally_process() - Begin the first VMA of a library in a process.
 * @snap: The snapshot of the scan.
 * @at: The VMA.
 *
 * Context: Process context; allocates nothing.
 */
void libshare_tally_process(struct libshare_snapshot *snap, const struct libshare_tally_at *at)
{
	struct libshare_library *lib = at->lib;

	lib->seen_by = at->process + 1;
	lib->seen_table = U64_MAX;
	lib->seen_first = at->first;
	lib->seen_end = at->first;
	lib->procs++;
	libshare_process_at(snap, at->process)->libs++;
}

/**
 * libshare_tally_table() - Count a page table for its library.
 * @lib: The library.
 * @table: Its number in the address space; they come in ascending order.
 *
 * Context: Any.
 */
void libshare_tally_table(struct libshare_library *lib, u64 table)
{
	if (lib->seen_table == table)
		return;
	lib->seen_table = table;
	lib->tables++;
}

/* Of 64 pages, those whose entry is under migration: present, but no mapping. */
static u64 moving_pages(const struct libshare_leaf *leaf, u32 word)
{
	u64 moving = 0;
	u32 i;

	for (i = 0; i < leaf->nr_odd; i++)
		if (leaf->odd[i].entry == LIBSHARE_ENTRY_MIGRATING &&
		    leaf->odd[i].pos >> LIBSHARE_BLOCK_SHIFT == word)
			moving |= BIT_ULL(leaf->odd[i].pos % LIBSHARE_BLOCK_PAGES);
	return moving;
}

/*
 * Count the pages in @file for a process, and as mappings those in @carry. How many
 * the process did not map as far as was known.
 */
static u32 add_word(struct word *w, u32 process, u64 file, u64 carry)
{
	u64 fresh;
	u32 i;

	if (w->seen_by != process + 1) {
		w->seen_by = process + 1;
		w->seen = 0;
	}
	fresh = file & ~w->seen;
	w->seen |= file;
	w->many |= w->any & fresh;
	w->any |= fresh;
	for (i = 0; carry && i < PLANES; i++) {
		u64 old = w->mappings[i];

		w->mappings[i] = old ^ carry;
		carry &= old;
	}
	return hweight64(fresh);
}

/**
 * libshare_tally_files() - Count the file pages that a table maps.
 * @lib: The library, which is one that is walked.
 * @process: Index of the process; its tables come one after another.
 * @leaf: What the table says.
 *
 * Context: Process context; allocates nothing.
 * Return: 0, or -EAGAIN when libshare_tally_make_room() is needed first; then
 * nothing was counted.
 */
int libshare_tally_files(struct libshare_library *lib, u32 process,
			 const struct libshare_leaf *leaf)
{
	u64 block_nr = leaf->first >> LIBSHARE_BLOCK_SHIFT;
	u32 i;

	for (i = 0; i < leaf->nr_words; i++)
		if (leaf->file[i] && !find_word(lib, block_nr + i))
			return -EAGAIN;
	for (i = 0; i < leaf->nr_words; i++) {
		u64 file = leaf->file[i], moving = leaf->nr_odd ? moving_pages(leaf, i) : 0;

		if (file)
			lib->rss += add_word(find_word(lib, block_nr + i), process, file,
					     file & ~moving);
	}
	return 0;
}

/**
 * libshare_tally_make_room() - Allocate what a table needs.
 * @snap: The snapshot of the scan.
 * @lib: The library.
 * @leaf: What the table says.
 *
 * Context: Process context, may sleep; no lock but scan_mutex is held.
 * Return: 0 or -ENOMEM.
 */
int libshare_tally_make_room(struct libshare_snapshot *snap, struct libshare_library *lib,
			     const struct libshare_leaf *leaf)
{
	u64 block_nr = leaf->first >> LIBSHARE_BLOCK_SHIFT;
	u32 i;

	if (snap->mappings.nr >= U32_MAX || libshare_vec_reserve(&snap->mappings, 1) ||
	    libshare_vec_reserve(&snap->copies, leaf->nr_odd))
		return -ENOMEM;
	for (i = 0; i < leaf->nr_words && lib->walked; i++)
		if (leaf->file[i] && make_tally(lib, (block_nr + i) / WORDS))
			return -ENOMEM;
	return 0;
}

/* A copy that others may hold, too: libshare_finish_copies() will tell. */
static void note_copy(struct libshare_snapshot *snap, struct libshare_tally_at *at, u64 index,
		      u64 pfn)
{
	struct libshare_copy *copy;

	if (!at->noted) {
		struct libshare_mapping *map = libshare_vec_push(&snap->mappings);

		map->process = at->process;
		map->library = at->lib->number;
		at->noted = true;
	}
	copy = libshare_vec_push(&snap->copies);
	copy->mapping = snap->mappings.nr - 1;
	copy->index = index;
	copy->pfn = pfn;
}

static void tally_odd(struct libshare_snapshot *snap, struct libshare_tally_at *at,
		      struct libshare_library *lib, u64 first, const struct libshare_odd *odd)
{
	switch (odd->entry) {
	case LIBSHARE_ENTRY_COPY_KSM:
		lib->ksm++;
		fallthrough;
	case LIBSHARE_ENTRY_COPY_ALONE:
	case LIBSHARE_ENTRY_COPY:
		lib->cow++;
		note_copy(snap, at, first + odd->pos, odd->pfn);
		break;
	case LIBSHARE_ENTRY_SWAP:
		lib->swap++;
		break;
	case LIBSHARE_ENTRY_MIGRATING:
		/* The page has a sharer that its mapcount knows nothing of. */
		lib->inexact = true;
		break;
	case LIBSHARE_ENTRY_SPECIAL:
		snap->cost.special_ptes++;
		break;
	}
}

/* Does a table map any file page of an index that another VMA maps as well? */
static bool maps_again(const struct libshare_tally_at *at, const struct libshare_leaf *leaf)
{
	u64 end = min(at->again_end, leaf->first + leaf->nr_words * LIBSHARE_BLOCK_PAGES), i;

	for (i = max(at->again_first, leaf->first); i < end; i++)
		if (leaf->file[(i - leaf->first) / LIBSHARE_BLOCK_PAGES] &
		    BIT_ULL(i % LIBSHARE_BLOCK_PAGES))
			return true;
	return false;
}

/**
 * libshare_tally_leaf() - Account one table to the VMA in hand.
 * @snap: The snapshot of the scan.
 * @at: The VMA.
 * @leaf: What the table says; it says something.
 *
 * Context: Process context; allocates nothing.
 * Return: 0, or -EAGAIN when libshare_tally_make_room() is needed first; then
 * nothing was accounted.
 */
int libshare_tally_leaf(struct libshare_snapshot *snap, struct libshare_tally_at *at,
			const struct libshare_leaf *leaf)
{
	struct libshare_library *lib = at->lib;
	u32 i;

	if (!libshare_vec_has_room(&snap->mappings, 1) ||
	    !libshare_vec_has_room(&snap->copies, leaf->nr_odd))
		return -EAGAIN;
	if (lib->walked && libshare_tally_files(lib, at->process, leaf))
		return -EAGAIN;

	if (leaf->has_table)
		libshare_tally_table(lib, leaf->table);
	if (at->again_first < at->again_end && maps_again(at, leaf))
		lib->inexact = true;
	lib->cow += leaf->nr_alone;
	lib->cow_unique += leaf->nr_alone;
	for (i = 0; i < leaf->nr_odd; i++)
		tally_odd(snap, at, lib, leaf->first, &leaf->odd[i]);
	return 0;
}

/**
 * libshare_tally_resident() - Count cached pages, and who maps them by mapcount.
 * @lib: The library; what it counts is good while lib->inexact is false.
 * @res: What the page cache has of 64 pages.
 *
 * Context: Any.
 */
void libshare_tally_resident(struct libshare_library *lib, const struct libshare_resident *res)
{
	u64 word = res->cached;

	lib->cached += hweight64(word);
	lib->inexact |= res->inexact;
	if (lib->walked)
		return;
	for (; word; word &= word - 1) {
		u32 mapcount = res->mapcount[__ffs64(word)];

		lib->mapped += mapcount > 0;
		lib->shared += mapcount > 1;
		lib->rss += mapcount;
		lib->mapcount_max = max(lib->mapcount_max, mapcount);
	}
}

static void merge_word(struct word *to, const struct word *from)
{
	u64 carry = 0;
	u32 i;

	to->many |= from->many | (to->any & from->any);
	to->any |= from->any;
	for (i = 0; i < PLANES; i++) {
		u64 a = to->mappings[i], b = from->mappings[i];

		to->mappings[i] = a ^ b ^ carry;
		carry = (a & b) | (carry & (a ^ b));
	}
}

/**
 * libshare_tally_merge() - Add what was counted of single pages for other processes.
 * @to: The library.
 * @from: The same library, as another worker counted it.
 *
 * Context: Process context, may sleep.
 * Return: 0 or -ENOMEM.
 */
int libshare_tally_merge(struct libshare_library *to, struct libshare_library *from)
{
	struct libshare_tally *tally;
	unsigned long nr;
	u32 i;

	if (!from->walked)
		return 0;
	xa_for_each(&from->tallies, nr, tally) {
		if (make_tally(to, nr))
			return -ENOMEM;
		for (i = 0; i < WORDS; i++)
			merge_word(&find_tally(to, nr)->word[i], &tally->word[i]);
		cond_resched();
	}
	return 0;
}

/* The largest of 64 counts: bit by bit from the highest, those that have it. */
static u32 largest(const struct word *w)
{
	u64 left = ~0ULL;
	u32 count = 0, i;

	for (i = PLANES; i-- > 0; ) {
		if (!(left & w->mappings[i]))
			continue;
		left &= w->mappings[i];
		count |= 1U << i;
	}
	return count;
}

/**
 * libshare_tally_finish() - Sum what was counted of single pages.
 * @snap: The snapshot of the scan.
 * @lib: The library, whose page cache was read.
 *
 * Context: Process context.
 */
void libshare_tally_finish(struct libshare_snapshot *snap, struct libshare_library *lib)
{
	struct libshare_tally *tally;
	u64 unmapped = 0, both = 0, i;
	unsigned long nr;

	if (!lib->walked) {
		lib->unmapped = lib->cached - lib->mapped;
		return;
	}
	for (i = lib->first_cached; i < lib->first_cached + lib->nr_cached; i++) {
		const struct libshare_bits *bits = libshare_vec_at(&snap->cached, i);
		const struct word *w = find_word(lib, bits->block_nr);

		unmapped += hweight64(bits->word & ~(w ? w->any : 0));
		both += hweight64(bits->word & (w ? w->any : 0));
	}
	xa_for_each(&lib->tallies, nr, tally) {
		for (i = 0; i < WORDS; i++) {
			lib->mapped += hweight64(tally->word[i].any);
			lib->shared += hweight64(tally->word[i].many);
			lib->mapcount_max = max(lib->mapcount_max, largest(&tally->word[i]));
		}
		cond_resched();
	}
	lib->unmapped = unmapped;
	/* What is mapped is cached, though it may not have been a moment ago. */
	lib->cached += lib->mapped - both;
}
