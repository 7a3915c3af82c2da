// SPDX-License-Identifier: GPL-2.0-only
/* Counts for each page of a library, in blocks that exist only where needed. */
#include <linux/errno.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "pages.h"
#include "vec.h"

static struct kmem_cache *block_cache;

/**
 * libshare_pages_setup() - Get ready for page counts; once, at module load.
 *
 * Context: Process context, may sleep.
 * Return: 0 or -ENOMEM.
 */
int libshare_pages_setup(void)
{
	block_cache = kmem_cache_create("libshare_block", sizeof(struct libshare_block), 0,
					SLAB_ACCOUNT, NULL);
	return block_cache ? 0 : -ENOMEM;
}

/**
 * libshare_pages_teardown() - Undo libshare_pages_setup().
 *
 * Context: Process context, may sleep; no page counts may exist any more.
 */
void libshare_pages_teardown(void)
{
	kmem_cache_destroy(block_cache);
}

/**
 * libshare_pages_init() - Start with no page known.
 * @pages: The pages of a library.
 *
 * Context: Any; allocates nothing.
 */
void libshare_pages_init(struct libshare_pages *pages)
{
	xa_init(&pages->blocks);
	pages->nr_blocks = 0;
}

/**
 * libshare_pages_free() - Forget all pages.
 * @pages: The pages of a library; they are empty afterwards.
 *
 * Context: Process context, may sleep.
 */
void libshare_pages_free(struct libshare_pages *pages)
{
	struct libshare_block *block;
	unsigned long nr;

	xa_for_each(&pages->blocks, nr, block) {
		kmem_cache_free(block_cache, block);
		cond_resched();
	}
	xa_destroy(&pages->blocks);
	pages->nr_blocks = 0;
}

/**
 * libshare_pages_get() - Find a block, or make it.
 * @pages: The pages of a library.
 * @block_nr: A page index >> LIBSHARE_BLOCK_SHIFT.
 *
 * Context: Process context, may sleep.
 * Return: The block, or NULL when there is no memory.
 */
struct libshare_block *libshare_pages_get(struct libshare_pages *pages, u64 block_nr)
{
	struct libshare_block *block = libshare_pages_find(pages, block_nr);

	if (block)
		return block;
	block = kmem_cache_zalloc(block_cache, LIBSHARE_GFP);
	if (!block)
		return NULL;
	if (xa_err(xa_store(&pages->blocks, block_nr, block, LIBSHARE_GFP))) {
		kmem_cache_free(block_cache, block);
		return NULL;
	}
	pages->nr_blocks++;
	return block;
}

/**
 * libshare_pages_bytes() - Memory that page counts take.
 * @pages: The pages of a library.
 *
 * Context: Any.
 * Return: Bytes of all blocks (the index above them, about 1 %, not included).
 */
size_t libshare_pages_bytes(const struct libshare_pages *pages)
{
	return pages->nr_blocks * sizeof(struct libshare_block);
}
