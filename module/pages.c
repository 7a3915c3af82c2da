// SPDX-License-Identifier: GPL-2.0-only
/* Counts for each page of a library, in blocks that exist only where needed. */
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "memory.h"
#include "pages.h"

static struct kmem_cache *block_cache;
static struct kmem_cache *counts_cache;
static struct kmem_cache *chunk_cache;

/**
 * libshare_pages_setup() - Create the caches; once, at module load.
 *
 * Return: 0 or -ENOMEM.
 */
int libshare_pages_setup(void)
{
	block_cache = kmem_cache_create("libshare_block", sizeof(struct libshare_block), 0,
					SLAB_ACCOUNT, NULL);
	counts_cache = kmem_cache_create("libshare_counts", sizeof(struct libshare_counts), 0,
					 SLAB_ACCOUNT, NULL);
	chunk_cache = kmem_cache_create("libshare_chunk", sizeof(struct libshare_chunk), 0,
					SLAB_ACCOUNT, NULL);
	if (block_cache && counts_cache && chunk_cache)
		return 0;
	libshare_pages_teardown();
	return -ENOMEM;
}

/**
 * libshare_pages_teardown() - Undo libshare_pages_setup(). No block exists any more.
 */
void libshare_pages_teardown(void)
{
	/* Those that could not be created are NULL, which is ignored. */
	kmem_cache_destroy(chunk_cache);
	kmem_cache_destroy(counts_cache);
	kmem_cache_destroy(block_cache);
}

/**
 * libshare_pages_init() - Start with no page known.
 * @pages: The pages of a library.
 */
void libshare_pages_init(struct libshare_pages *pages)
{
	xa_init(&pages->chunks);
	pages->last = NULL;
}

static void free_counts(struct libshare_counts *counts, struct libshare_memory *memory)
{
	if (counts)
		libshare_memory_cache_free(memory, counts_cache, counts);
}

/**
 * libshare_pages_free() - Free all blocks.
 * @pages: The pages of a library; they are empty afterwards.
 * @memory: The budget that they were charged to.
 *
 * Context: May sleep.
 */
void libshare_pages_free(struct libshare_pages *pages, struct libshare_memory *memory)
{
	struct libshare_block *block;
	struct libshare_chunk *chunk;
	unsigned long nr;
	u64 block_nr;

	for (block_nr = 0; (block = libshare_pages_next(pages, &block_nr)); block_nr++) {
		free_counts(block->again, memory);
		free_counts(block->copies, memory);
		free_counts(block->mapcount, memory);
		libshare_memory_cache_free(memory, block_cache, block);
		cond_resched();
	}
	xa_for_each(&pages->chunks, nr, chunk) {
		libshare_memory_cache_free(memory, chunk_cache, chunk);
		cond_resched();
	}
	xa_destroy(&pages->chunks);
	pages->last = NULL;
}

/**
 * libshare_pages_next() - Find the first block from a number on.
 * @pages: The pages of a library.
 * @block_nr: The number; receives that of the block.
 *
 * Return: The block, or NULL if there is none.
 */
struct libshare_block *libshare_pages_next(struct libshare_pages *pages, u64 *block_nr)
{
	unsigned long chunk_nr = *block_nr >> LIBSHARE_CHUNK_SHIFT;
	u64 i = *block_nr % LIBSHARE_CHUNK_BLOCKS;
	struct libshare_chunk *chunk;

	xa_for_each_start(&pages->chunks, chunk_nr, chunk, chunk_nr) {
		if (chunk_nr != *block_nr >> LIBSHARE_CHUNK_SHIFT)
			i = 0;
		for (; i < LIBSHARE_CHUNK_BLOCKS; i++) {
			if (!chunk->block[i])
				continue;
			*block_nr = ((u64)chunk_nr << LIBSHARE_CHUNK_SHIFT) + i;
			return chunk->block[i];
		}
	}
	return NULL;
}

static struct libshare_chunk *make_chunk(struct libshare_pages *pages, u64 chunk_nr,
					 struct libshare_memory *memory)
{
	struct libshare_chunk *chunk = xa_load(&pages->chunks, chunk_nr);

	if (chunk)
		return chunk;
	chunk = libshare_memory_cache_alloc(memory, chunk_cache);
	if (chunk && xa_err(xa_store(&pages->chunks, chunk_nr, chunk, LIBSHARE_GFP))) {
		libshare_memory_cache_free(memory, chunk_cache, chunk);
		chunk = NULL;
	}
	pages->last = NULL;
	return chunk;
}

/**
 * libshare_pages_make() - Find a block, or make it.
 * @pages: The pages of a library.
 * @block_nr: A page index >> LIBSHARE_BLOCK_SHIFT.
 * @memory: The budget.
 *
 * Context: May sleep.
 * Return: The block, or NULL if there is no memory.
 */
struct libshare_block *libshare_pages_make(struct libshare_pages *pages, u64 block_nr,
					   struct libshare_memory *memory)
{
	struct libshare_block *block = libshare_pages_find(pages, block_nr);
	struct libshare_chunk *chunk;

	if (block)
		return block;
	chunk = make_chunk(pages, block_nr >> LIBSHARE_CHUNK_SHIFT, memory);
	if (!chunk)
		return NULL;
	block = libshare_memory_cache_alloc(memory, block_cache);
	chunk->block[block_nr % LIBSHARE_CHUNK_BLOCKS] = block;
	return block;
}

/**
 * libshare_pages_make_counts() - Make counts that few pages need.
 * @counts: Where they go, unless they are there already.
 * @memory: The budget.
 *
 * Context: May sleep.
 * Return: 0 or -ENOMEM.
 */
int libshare_pages_make_counts(struct libshare_counts **counts, struct libshare_memory *memory)
{
	if (!*counts)
		*counts = libshare_memory_cache_alloc(memory, counts_cache);
	return *counts ? 0 : -ENOMEM;
}

/**
 * libshare_block_alike() - Find pages that have the same number of sharers.
 * @block: The block.
 * @pages: Which pages to look at; not empty.
 * @sharers: Receives the number of sharers of the first of them.
 *
 * Return: The pages that have as many sharers as the first.
 */
u64 libshare_block_alike(const struct libshare_block *block, u64 pages, u32 *sharers)
{
	unsigned int first = __ffs64(pages), i;
	u32 count = 0;

	for (i = 0; i < block->planes; i++) {
		u64 plane = block->sharers[i];

		if (plane >> first & 1) {
			count |= 1U << i;
			pages &= plane;
		} else {
			pages &= ~plane;
		}
	}
	*sharers = count;
	return pages;
}

/**
 * libshare_block_page() - Read what is known of one page.
 * @block: Its block.
 * @nr: Which page of the block.
 * @page: Receives it.
 */
void libshare_block_page(const struct libshare_block *block, unsigned int nr,
			 struct libshare_page *page)
{
	libshare_block_alike(block, BIT_ULL(nr), &page->sharers);
	page->mappings = page->sharers + (block->again ? block->again->of[nr] : 0);
	page->copies = block->copies ? block->copies->of[nr] : 0;
	page->cached = block->cached >> nr & 1;
	page->mapcount = block->mapcount ? block->mapcount->of[nr] : LIBSHARE_MAPCOUNT_UNKNOWN;
}
