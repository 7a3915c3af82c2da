/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_LEAF_H
#define LIBSHARE_LEAF_H

#include <linux/pgtable.h>
#include <linux/types.h>

#include "pages.h"

struct libshare_vmas;

/* What an entry is that does not simply map a file page. */
enum libshare_entry {
	LIBSHARE_ENTRY_COPY,		/* a private copy that other entries may hold, too */
	LIBSHARE_ENTRY_COPY_KSM,	/* a copy that KSM has merged */
	LIBSHARE_ENTRY_SWAP,		/* a copy that is swapped out */
	LIBSHARE_ENTRY_MIGRATING,	/* a file page under migration, in file[] too */
	LIBSHARE_ENTRY_SPECIAL,		/* a zero page or a marker */
};

struct libshare_odd {
	u64 pfn;
	u32 pos;			/* page index - leaf's first */
	u32 entry;			/* enum libshare_entry */
};

/*
 * The most entries that a table can have: a powerpc kernel learns when it boots
 * how many. The kernel has the name since 5.14.
 */
#ifndef MAX_PTRS_PER_PTE
#define MAX_PTRS_PER_PTE PTRS_PER_PTE
#endif

/* Entries of a page table, and some more since first is rounded down. */
#define LIBSHARE_LEAF_WORDS (MAX_PTRS_PER_PTE / LIBSHARE_BLOCK_PAGES + 1)

/*
 * What one lowest-level page table, or one huge PMD in its place, says of one VMA. It
 * was read in one piece, under the table's lock.
 */
struct libshare_leaf {
	u64 first;			/* page index of bit 0, a multiple of 64 */
	u64 table;			/* number of the table in the address space */
	bool has_table;			/* not so below a huge PMD */
	u32 nr_words;			/* of file[] in use */
	u32 nr_odd;
	bool any_alone;
	u64 file[LIBSHARE_LEAF_WORDS];	/* bitmap: this page index maps its file page */
	u64 alone[LIBSHARE_LEAF_WORDS];	/* bitmap: a copy that no other entry holds */
	struct libshare_odd odd[MAX_PTRS_PER_PTE];
};

bool libshare_pagewalk_next(struct libshare_vmas *walk, struct libshare_leaf *leaf);

#endif
