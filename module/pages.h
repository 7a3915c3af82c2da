/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_PAGES_H
#define LIBSHARE_PAGES_H

#include <linux/types.h>
#include <linux/xarray.h>

struct libshare_memory;

/* Pages of a block: one word of a bitmap speaks of one block. */
#define LIBSHARE_BLOCK_SHIFT 6
#define LIBSHARE_BLOCK_PAGES BIT(LIBSHARE_BLOCK_SHIFT)

/* Bits of a number of processes, of which there are at most PID_MAX_LIMIT. */
#define LIBSHARE_PLANES 23

#define LIBSHARE_MAPCOUNT_UNKNOWN U32_MAX

/* A count for each page of a block. */
struct libshare_counts {
	u32 of[LIBSHARE_BLOCK_PAGES];
};

/*
 * What is known of 64 neighbouring pages of a library. Bit n of a word is page n of
 * the block. The number of sharers is bit-sliced: plane k holds bit k of each page's
 * count, so that one addition with carry from plane to plane counts 64 pages at
 * once, and most often ends after the second. What few pages have is counted apart.
 */
struct libshare_block {
	u64 cached;			/* pages in the page cache */
	u64 seen;			/* pages that process seen_by is known to map */
	u32 seen_by;			/* 1 + index of the process that was here last */
	u32 planes;			/* of sharers, that are not 0 */
	struct libshare_counts *again;	/* entries beyond the first of a process */
	struct libshare_counts *copies;	/* private copies in the place of a page */
	struct libshare_counts *mapcount;	/* the kernel's own figures */
	u64 sharers[LIBSHARE_PLANES];
};

/* Blocks of a chunk, which is as large as a node of the xarray. */
#define LIBSHARE_CHUNK_SHIFT 6
#define LIBSHARE_CHUNK_BLOCKS BIT(LIBSHARE_CHUNK_SHIFT)

struct libshare_chunk {
	struct libshare_block *block[LIBSHARE_CHUNK_BLOCKS];	/* NULL: nothing is known */
};

/*
 * The pages of one library: chunks by block number >> LIBSHARE_CHUNK_SHIFT. Blocks and
 * chunks exist only where something is cached or copied, so that a sparse library costs
 * what it uses.
 */
struct libshare_pages {
	struct xarray chunks;
	struct libshare_chunk *last;	/* the chunk that was found last */
	u64 last_nr;
};

/* What is known of one page. */
struct libshare_page {
	u32 sharers;
	u32 mappings;
	u32 copies;
	u32 mapcount;
	bool cached;
};

int libshare_pages_setup(void);
void libshare_pages_teardown(void);
void libshare_pages_init(struct libshare_pages *pages);
void libshare_pages_free(struct libshare_pages *pages, struct libshare_memory *memory);
struct libshare_block *libshare_pages_make(struct libshare_pages *pages, u64 block_nr,
					   struct libshare_memory *memory);
int libshare_pages_make_counts(struct libshare_counts **counts, struct libshare_memory *memory);
struct libshare_block *libshare_pages_next(struct libshare_pages *pages, u64 *block_nr);
u64 libshare_block_alike(const struct libshare_block *block, u64 pages, u32 *sharers);
void libshare_block_page(const struct libshare_block *block, unsigned int nr,
			 struct libshare_page *page);

/* The block, or NULL if nothing is known there. */
static inline struct libshare_block *libshare_pages_find(struct libshare_pages *pages,
							 u64 block_nr)
{
	u64 chunk_nr = block_nr >> LIBSHARE_CHUNK_SHIFT;

	if (!pages->last || pages->last_nr != chunk_nr) {
		pages->last = xa_load(&pages->chunks, chunk_nr);
		pages->last_nr = chunk_nr;
	}
	return pages->last ? pages->last->block[block_nr % LIBSHARE_CHUNK_BLOCKS] : NULL;
}

/* Count one more sharer of each of these pages. */
static inline void libshare_block_add_sharer(struct libshare_block *block, u64 pages)
{
	unsigned int i;

	for (i = 0; pages && i < LIBSHARE_PLANES; i++) {
		u64 old = block->sharers[i];

		block->sharers[i] = old ^ pages;
		pages &= old;
	}
	if (i > block->planes)
		block->planes = i;
}

#endif
