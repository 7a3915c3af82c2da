// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page tables → counts: what each table that was read adds to its mapping, to
 * the pages of the library, and to library and process. Arithmetic only; it
 * runs in user space for its unit tests.
 */
#include <linux/bitops.h>
#include <linux/errno.h>

#include "account.h"
#include "leaf.h"
#include "snapshot.h"

/* All tables are accounted to the mapping that was added last. */
static struct libshare_mapping *current_mapping(struct libshare_snapshot *snap)
{
	return libshare_mapping_at(snap, snap->mappings.nr - 1);
}

/**
 * libshare_account_mapping() - Begin the next VMA of a library.
 * @snap: The snapshot of the scan.
 * @map: Where the VMA is, whose, and of what; its counts are ignored. VMAs of
 *	a process come one after another.
 *
 * Context: Process context; allocates nothing, there must be room for one
 * mapping.
 * Return: 0, or -ENOMEM when there are more mappings than can be numbered.
 */
int libshare_account_mapping(struct libshare_snapshot *snap, const struct libshare_mapping *map)
{
	struct libshare_library *lib = libshare_library_at(snap, map->library);
	struct libshare_process *proc = libshare_process_at(snap, map->process);
	struct libshare_mapping *new;

	if (snap->mappings.nr >= U32_MAX)
		return -ENOMEM;
	new = libshare_vec_push(&snap->mappings);
	new->start = map->start;
	new->end = map->end;
	new->pgoff = map->pgoff;
	new->process = map->process;
	new->library = map->library;
	new->perms = map->perms;
	new->first_bits = snap->bits.nr;

	lib->maps++;
	proc->maps++;
	if (lib->seen_by != map->process + 1) {
		lib->seen_by = map->process + 1;
		lib->seen_table = U64_MAX;
		lib->procs++;
		proc->libs++;
	}
	return 0;
}

static bool is_copy(const struct libshare_odd *odd)
{
	return odd->entry == LIBSHARE_ENTRY_COPY || odd->entry == LIBSHARE_ENTRY_COPY_ALONE ||
	       odd->entry == LIBSHARE_ENTRY_COPY_KSM;
}

/* The blocks that a table speaks of; false when one of them does not exist. */
static bool find_blocks(struct libshare_pages *pages, const struct libshare_leaf *leaf,
			struct libshare_block *block[LIBSHARE_LEAF_WORDS])
{
	u64 block_nr = leaf->first >> LIBSHARE_BLOCK_SHIFT;
	u32 i, word;

	for (i = 0; i < leaf->nr_words; i++) {
		block[i] = leaf->file[i] ? libshare_pages_find(pages, block_nr + i) : NULL;
		if (leaf->file[i] && !block[i])
			return false;
	}
	for (i = 0; i < leaf->nr_odd; i++) {
		if (!is_copy(&leaf->odd[i]))
			continue;
		word = leaf->odd[i].pos >> LIBSHARE_BLOCK_SHIFT;
		if (!block[word])
			block[word] = libshare_pages_find(pages, block_nr + word);
		if (!block[word])
			return false;
	}
	return true;
}

/**
 * libshare_account_make_room() - Allocate what a table needs.
 * @snap: The snapshot of the scan.
 * @leaf: What the table says.
 *
 * Context: Process context, may sleep; no lock but scan_mutex is held.
 * Return: 0 or -ENOMEM.
 */
int libshare_account_make_room(struct libshare_snapshot *snap, const struct libshare_leaf *leaf)
{
	struct libshare_library *lib = libshare_library_at(snap, current_mapping(snap)->library);
	u64 block_nr = leaf->first >> LIBSHARE_BLOCK_SHIFT;
	u32 i;

	if (libshare_vec_reserve(&snap->bits, leaf->nr_words) ||
	    libshare_vec_reserve(&snap->copies, leaf->nr_odd) ||
	    libshare_vec_reserve(&snap->migrating, leaf->nr_odd))
		return -ENOMEM;
	for (i = 0; i < leaf->nr_words; i++)
		if (leaf->file[i] && !libshare_pages_get(&lib->pages, block_nr + i))
			return -ENOMEM;
	for (i = 0; i < leaf->nr_odd; i++)
		if (is_copy(&leaf->odd[i]) &&
		    !libshare_pages_get(&lib->pages, (leaf->first + leaf->odd[i].pos) >>
					LIBSHARE_BLOCK_SHIFT))
			return -ENOMEM;
	return 0;
}

/* 64 pages of which @word says which of them the mapping maps. */
static void account_word(struct libshare_block *block, u64 word, struct libshare_mapping *map,
			 struct libshare_process *proc)
{
	u64 fresh;

	if (block->seen_by != map->process + 1) {
		block->seen_by = map->process + 1;
		block->seen = 0;
	}
	fresh = word & ~block->seen;
	block->seen |= word;
	map->rss += hweight64(word);
	proc->rss += hweight64(fresh);
	for (; word; word &= word - 1) {
		struct libshare_page *page = &block->page[__ffs64(word)];

		page->mappings++;
		page->sharers += (fresh & word & -word) != 0;
	}
}

static void push_copy(struct libshare_vec *vec, u32 mapping, u64 index, u64 pfn)
{
	struct libshare_copy *copy = libshare_vec_push(vec);

	copy->mapping = mapping;
	copy->index = index;
	copy->pfn = pfn;
}

static void account_odd(struct libshare_snapshot *snap, struct libshare_block **block, u64 first,
			const struct libshare_odd *odd)
{
	struct libshare_mapping *map = current_mapping(snap);
	u64 index = first + odd->pos;
	u32 map_nr = snap->mappings.nr - 1;

	switch (odd->entry) {
	case LIBSHARE_ENTRY_COPY_KSM:
		map->ksm++;
		fallthrough;
	case LIBSHARE_ENTRY_COPY_ALONE:
	case LIBSHARE_ENTRY_COPY:
		map->cow++;
		block[odd->pos >> LIBSHARE_BLOCK_SHIFT]
			->page[index % LIBSHARE_BLOCK_PAGES].copies++;
		push_copy(&snap->copies, map_nr, index, odd->pfn);
		break;
	case LIBSHARE_ENTRY_SWAP:
		map->swap++;
		break;
	case LIBSHARE_ENTRY_MIGRATING:
		push_copy(&snap->migrating, map_nr, index, odd->pfn);
		break;
	case LIBSHARE_ENTRY_SPECIAL:
		snap->cost.special_ptes++;
		break;
	}
}

/* A page table is counted once for the library and once for the process. */
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
 * libshare_account_leaf() - Account one table to the mapping added last.
 * @snap: The snapshot of the scan.
 * @leaf: What the table says; tables of a process come by ascending address.
 *
 * Context: Process context; allocates nothing.
 * Return: 0, or -EAGAIN when libshare_account_make_room() is needed first;
 * then nothing was accounted.
 */
int libshare_account_leaf(struct libshare_snapshot *snap, const struct libshare_leaf *leaf)
{
	struct libshare_mapping *map = current_mapping(snap);
	struct libshare_library *lib = libshare_library_at(snap, map->library);
	struct libshare_process *proc = libshare_process_at(snap, map->process);
	struct libshare_block *block[LIBSHARE_LEAF_WORDS];
	u64 block_nr = leaf->first >> LIBSHARE_BLOCK_SHIFT;
	u32 i;

	if (!libshare_vec_has_room(&snap->bits, leaf->nr_words) ||
	    !libshare_vec_has_room(&snap->copies, leaf->nr_odd) ||
	    !libshare_vec_has_room(&snap->migrating, leaf->nr_odd) ||
	    !find_blocks(&lib->pages, leaf, block))
		return -EAGAIN;

	if (leaf->has_table)
		account_table(lib, proc, leaf->table);
	for (i = 0; i < leaf->nr_words; i++) {
		struct libshare_bits *bits;

		if (!leaf->file[i])
			continue;
		account_word(block[i], leaf->file[i], map, proc);
		if (!(snap->want & LIBSHARE_WANT_ROWS))
			continue;
		bits = libshare_vec_push(&snap->bits);
		bits->block_nr = block_nr + i;
		bits->word = leaf->file[i];
		map->nr_bits++;
	}
	for (i = 0; i < leaf->nr_odd; i++)
		account_odd(snap, block, leaf->first, &leaf->odd[i]);
	return 0;
}
