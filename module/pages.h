/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_PAGES_H
#define LIBSHARE_PAGES_H

#include <linux/types.h>
#include <linux/xarray.h>

/* Pages of a block: one word of a bitmap speaks of one block. */
#define LIBSHARE_BLOCK_SHIFT 6
#define LIBSHARE_BLOCK_PAGES BIT(LIBSHARE_BLOCK_SHIFT)

#define LIBSHARE_MAPCOUNT_UNKNOWN U32_MAX

/* What is known of one page index of a library. */
struct libshare_page {
	u32 sharers;	/* processes that map the file page */
	u32 mappings;	/* page-table entries that do; migration entries until finished */
	u32 copies : 31; /* private copies that stand here, over all processes */
	u32 cached : 1;	/* the file page is in the page cache */
	u32 mapcount;	/* the kernel's own figure, or LIBSHARE_MAPCOUNT_UNKNOWN */
};

/*
 * Counts of LIBSHARE_BLOCK_PAGES neighbouring pages. Blocks exist only where
 * something is cached or copied, so that a sparse library costs what it uses.
 */
struct libshare_block {
	struct libshare_page page[LIBSHARE_BLOCK_PAGES];
	u64 seen;	/* pages that process seen_by is known to map */
	u32 seen_by;	/* 1 + index of the process that was here last */
};

/* The pages of one library: blocks by page index >> LIBSHARE_BLOCK_SHIFT. */
struct libshare_pages {
	struct xarray blocks;
	u64 nr_blocks;
};

int libshare_pages_setup(void);
void libshare_pages_teardown(void);
void libshare_pages_init(struct libshare_pages *pages);
void libshare_pages_free(struct libshare_pages *pages);
struct libshare_block *libshare_pages_get(struct libshare_pages *pages, u64 block_nr);
size_t libshare_pages_bytes(const struct libshare_pages *pages);

/* The block, or NULL when nothing is known there. */
static inline struct libshare_block *libshare_pages_find(struct libshare_pages *pages,
							 u64 block_nr)
{
	return xa_load(&pages->blocks, block_nr);
}

/* Is nothing known of this page? */
static inline bool libshare_page_is_empty(const struct libshare_page *page)
{
	return !page->cached && !page->sharers && !page->copies;
}

#endif
