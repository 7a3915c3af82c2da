// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page tables → counts: what each table adds to its mapping, to the pages of its
 * library, and to library and process. Arithmetic only; it runs in user space for
 * its unit tests.
 */
#include <linux/bitops.h>
#include <linux/errno.h>

#include "account.h"

/* Rows that are made beyond what is needed, so that a lock is dropped for them seldom. */
#define SPARE_ROWS 256

/**
 * libshare_account_begin() - Start with nothing counted.
 * @acct: Where the scan is.
 * @snap: Its snapshot.
 */
void libshare_account_begin(struct libshare_account *acct, struct libshare_snapshot *snap)
{
	memset(acct, 0, sizeof(*acct));
	acct->snap = snap;
	acct->map = &acct->scratch;
}

/**
 * libshare_account_process() - Begin the next process.
 * @acct: Where the scan is.
 * @process: Its index; all its VMAs come one after another.
 */
void libshare_account_process(struct libshare_account *acct, u32 process)
{
	acct->process = process;
	acct->proc = libshare_process_at(acct->snap, process);
	acct->lib = NULL;
}

/**
 * libshare_account_vma() - Begin the next VMA of a library.
 * @acct: Where the scan is. Where rows are wanted, there must be room for one mapping;
 *	the caller fills in its end and perms.
 * @lib: The library.
 * @start: Where the VMA begins.
 * @pgoff: Page index in the file of @start.
 *
 * Return: 0, or -ENOMEM if there are more mappings than can be numbered.
 */
int libshare_account_vma(struct libshare_account *acct, struct libshare_library *lib, u64 start,
			 u64 pgoff)
{
	struct libshare_snapshot *snap = acct->snap;

	if (snap->want & LIBSHARE_WANT_ROWS) {
		if (snap->mappings.nr >= U32_MAX)
			return -ENOMEM;
		acct->map = libshare_rows_add(&snap->mappings);
		acct->map->first_word = snap->words.nr;
		acct->map->process = acct->process;
		acct->map->library = lib->number;
	}
	acct->map->start = start;
	acct->map->pgoff = pgoff;
	acct->lib = lib;
	lib->maps++;
	acct->proc->maps++;
	if (lib->seen_by != acct->process + 1) {
		lib->seen_by = acct->process + 1;
		lib->seen_table = U64_MAX;
		lib->procs++;
		acct->proc->libs++;
	}
	return 0;
}

static bool is_copy(const struct libshare_odd *odd)
{
	return odd->entry == LIBSHARE_ENTRY_COPY || odd->entry == LIBSHARE_ENTRY_COPY_KSM;
}

static u64 block_of(const struct libshare_leaf *leaf, const struct libshare_odd *odd)
{
	return (leaf->first + odd->pos) >> LIBSHARE_BLOCK_SHIFT;
}

/* Does process @process map any of these pages already? */
static bool maps_again(const struct libshare_block *block, u32 process, u64 pages)
{
	return block->seen_by == process + 1 && (block->seen & pages);
}

/* Where pages are wanted: are there the counts that copies need? */
static bool has_copies(struct libshare_account *acct, u64 block_nr)
{
	struct libshare_block *block;

	if (!(acct->snap->want & LIBSHARE_WANT_PAGES))
		return true;
	block = libshare_pages_find(&acct->lib->pages, block_nr);
	return block && block->copies;
}

/* Is there all that a table needs? Finds the blocks of its words. */
static bool has_room(struct libshare_account *acct, const struct libshare_leaf *leaf)
{
	struct libshare_snapshot *snap = acct->snap;
	struct libshare_block *block;
	u64 block_nr = leaf->first >> LIBSHARE_BLOCK_SHIFT;
	u32 i;

	if ((leaf->nr_odd && (!libshare_rows_have_room(&snap->copies, leaf->nr_odd) ||
			      !libshare_rows_have_room(&snap->moving, leaf->nr_odd))) ||
	    ((snap->want & LIBSHARE_WANT_ROWS) &&
	     !libshare_rows_have_room(&snap->words, leaf->nr_words)))
		return false;
	for (i = 0; i < leaf->nr_words; i++) {
		if (!leaf->file[i])
			continue;
		block = libshare_pages_find(&acct->lib->pages, block_nr + i);
		if (!block || (!block->again && maps_again(block, acct->process, leaf->file[i])))
			return false;
		acct->block[i] = block;
	}
	for (i = 0; i < leaf->nr_odd; i++)
		if (is_copy(&leaf->odd[i]) && !has_copies(acct, block_of(leaf, &leaf->odd[i])))
			return false;
	for (i = 0; i < leaf->nr_words && leaf->any_alone; i++)
		if (leaf->alone[i] && !has_copies(acct, block_nr + i))
			return false;
	return true;
}

static int make_block(struct libshare_account *acct, u64 block_nr, u64 pages, bool copies)
{
	struct libshare_memory *memory = &acct->snap->memory;
	struct libshare_block *block = libshare_pages_make(&acct->lib->pages, block_nr, memory);

	if (!block ||
	    (maps_again(block, acct->process, pages) &&
	     libshare_pages_make_counts(&block->again, memory)) ||
	    (copies && libshare_pages_make_counts(&block->copies, memory)))
		return -ENOMEM;
	return 0;
}

/**
 * libshare_account_make_room() - Allocate what a table needs.
 * @acct: Where the scan is.
 * @leaf: What the table says.
 *
 * Context: May sleep; no lock but scan_mutex is held.
 * Return: 0 or -ENOMEM.
 */
int libshare_account_make_room(struct libshare_account *acct, const struct libshare_leaf *leaf)
{
	struct libshare_snapshot *snap = acct->snap;
	u64 block_nr = leaf->first >> LIBSHARE_BLOCK_SHIFT;
	int err = 0;
	u32 i;

	if (libshare_rows_reserve(&snap->copies, leaf->nr_odd + SPARE_ROWS, &snap->memory) ||
	    libshare_rows_reserve(&snap->moving, leaf->nr_odd, &snap->memory) ||
	    ((snap->want & LIBSHARE_WANT_ROWS) &&
	     libshare_rows_reserve(&snap->words, leaf->nr_words + SPARE_ROWS, &snap->memory)))
		return -ENOMEM;
	for (i = 0; i < leaf->nr_words && !err; i++)
		if (leaf->file[i])
			err = make_block(acct, block_nr + i, leaf->file[i], false);
	if (!(snap->want & LIBSHARE_WANT_PAGES))
		return err;
	for (i = 0; i < leaf->nr_odd && !err; i++)
		if (is_copy(&leaf->odd[i]))
			err = make_block(acct, block_of(leaf, &leaf->odd[i]), 0, true);
	for (i = 0; i < leaf->nr_words && leaf->any_alone && !err; i++)
		if (leaf->alone[i])
			err = make_block(acct, block_nr + i, 0, true);
	return err;
}

/* Count the 64 pages of a block that an entry of the mapping maps. */
static void account_word(struct libshare_account *acct, struct libshare_block *block, u64 pages)
{
	u32 visitor = acct->process + 1;
	u64 seen = block->seen_by == visitor ? block->seen : 0, again = seen & pages;
	struct libshare_word *word;

	block->seen_by = visitor;
	block->seen = seen | pages;
	libshare_block_add_sharer(block, pages & ~again);
	if (acct->snap->want & LIBSHARE_WANT_ROWS) {
		word = libshare_rows_add(&acct->snap->words);
		word->block = block;
		word->pages = pages;
		acct->map->nr_words++;
		acct->map->rss += hweight64(pages);
		acct->proc->rss += hweight64(pages & ~again);
	}
	for (; again; again &= again - 1) {
		block->again->of[__ffs64(again)]++;
		acct->map->again++;
	}
}

static void count_copy(struct libshare_account *acct, u64 index)
{
	if (acct->snap->want & LIBSHARE_WANT_PAGES)
		libshare_pages_find(&acct->lib->pages, index >> LIBSHARE_BLOCK_SHIFT)
			->copies->of[index % LIBSHARE_BLOCK_PAGES]++;
}

/* Count copies that no other entry holds: all is known of them. */
static void account_alone(struct libshare_account *acct, u64 first, u64 copies)
{
	u32 nr = hweight64(copies);

	acct->lib->cow += nr;
	acct->lib->cow_unique += nr;
	acct->proc->cow += nr;
	acct->proc->private += nr;
	acct->map->cow += nr;
	libshare_share_add_pages(&acct->map->pss, 1, nr);
	for (; copies; copies &= copies - 1)
		count_copy(acct, first + __ffs64(copies));
}

/* Count a copy that other entries may hold, too: copies.c will tell. */
static void account_copy(struct libshare_account *acct, u64 index, u64 pfn)
{
	struct libshare_snapshot *snap = acct->snap;
	struct libshare_copy *copy = libshare_rows_add(&snap->copies);

	copy->pfn = pfn;
	copy->index = index;
	copy->library = acct->lib->number;
	copy->process = acct->process;
	copy->mapping = snap->mappings.nr - 1;
	acct->lib->cow++;
	acct->proc->cow++;
	acct->map->cow++;
	count_copy(acct, index);
}

static void account_odd(struct libshare_account *acct, const struct libshare_leaf *leaf,
			const struct libshare_odd *odd)
{
	struct libshare_moving *moving;

	switch (odd->entry) {
	case LIBSHARE_ENTRY_COPY_KSM:
		acct->lib->ksm++;
		acct->map->ksm++;
		fallthrough;
	case LIBSHARE_ENTRY_COPY:
		account_copy(acct, leaf->first + odd->pos, odd->pfn);
		break;
	case LIBSHARE_ENTRY_SWAP:
		acct->lib->swap++;
		acct->proc->swap++;
		acct->map->swap++;
		break;
	case LIBSHARE_ENTRY_MIGRATING:
		moving = libshare_rows_add(&acct->snap->moving);
		moving->block = libshare_pages_find(&acct->lib->pages, block_of(leaf, odd));
		moving->nr = odd->pos % LIBSHARE_BLOCK_PAGES;
		break;
	case LIBSHARE_ENTRY_SPECIAL:
		acct->snap->cost.special_ptes++;
		break;
	}
}

/* A page table counts once for the library and once for the process. */
static void account_table(struct libshare_library *lib, struct libshare_process *proc, u64 table)
{
	if (lib->seen_table != table) {
		lib->seen_table = table;
		lib->tables++;
	}
	if (proc->seen_table != table) {
		proc->seen_table = table;
		proc->tables++;
	}
}

/**
 * libshare_account_leaf() - Count one table for the VMA that was begun last.
 * @acct: Where the scan is.
 * @leaf: What the table says; tables of a process come by ascending address.
 *
 * Allocates nothing.
 *
 * Return: 0, or -EAGAIN if libshare_account_make_room() is needed first; then nothing
 * was counted.
 */
int libshare_account_leaf(struct libshare_account *acct, const struct libshare_leaf *leaf)
{
	u32 i;

	if (!has_room(acct, leaf))
		return -EAGAIN;
	if (leaf->has_table)
		account_table(acct->lib, acct->proc, leaf->table);
	for (i = 0; i < leaf->nr_words; i++)
		if (leaf->file[i])
			account_word(acct, acct->block[i], leaf->file[i]);
	for (i = 0; i < leaf->nr_words && leaf->any_alone; i++)
		if (leaf->alone[i])
			account_alone(acct, leaf->first + i * LIBSHARE_BLOCK_PAGES,
				      leaf->alone[i]);
	for (i = 0; i < leaf->nr_odd; i++)
		account_odd(acct, leaf, &leaf->odd[i]);
	return 0;
}
