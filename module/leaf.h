/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_LEAF_H
#define LIBSHARE_LEAF_H

#include <linux/pgtable.h>
#include <linux/types.h>

#include "pages.h"

/* What an entry is that does not simply map a file page. */
enum libshare_entry {
	LIBSHARE_ENTRY_COPY,		/* a private copy, present or migrating */
	LIBSHARE_ENTRY_COPY_ALONE,	/* one that no other entry holds: its mapcount is 1 */
	LIBSHARE_ENTRY_COPY_KSM,	/* a copy that KSM has merged */
	LIBSHARE_ENTRY_SWAP,		/* a copy that is swapped out */
	LIBSHARE_ENTRY_MIGRATING,	/* a file page under migration, in file[] too */
	LIBSHARE_ENTRY_SPECIAL,		/* a zero page or a marker: nobody's page */
};

struct libshare_odd {
	u64 pfn;
	u32 pos;			/* page index - leaf's first */
	u32 entry;			/* enum libshare_entry */
};

/* Entries of a page table, and some more since first is rounded down. */
#define LIBSHARE_LEAF_WORDS (PTRS_PER_PTE / LIBSHARE_BLOCK_PAGES + 1)

/*
 * What one lowest-level page table, or one huge PMD in its place, says of one
 * VMA. It was read in one piece, under the table's lock.
 */
struct libshare_leaf {
	bool count_alone;		/* asked for: COPY_ALONE by their number only */
	u64 first;			/* page index of bit 0, a multiple of 64 */
	u64 table;			/* number of the table in the address space */
	bool has_table;			/* not so below a huge PMD */
	u32 nr_words;			/* of file[] in use */
	u32 nr_odd;
	u32 nr_alone;			/* entries that are COPY_ALONE, when only counted */
	u64 file[LIBSHARE_LEAF_WORDS];	/* bitmap: this page index maps its file page */
	struct libshare_odd odd[PTRS_PER_PTE];
};

#endif
