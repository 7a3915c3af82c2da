/* SPDX-License-Identifier: GPL-2.0-only */
/* What the entries of all processes make of one library. Arithmetic only. */
#ifndef PROC_COUNT_H
#define PROC_COUNT_H

#include "data/proc/library.h"

#define PROC_BLOCK 128	/* pages of a block */

/* What only the table of pages has. */
struct proc_pages {
	uint32_t moving[PROC_BLOCK];	/* of the mappings, those under migration */
	uint32_t copies[PROC_BLOCK];
	uint64_t pfn[PROC_BLOCK];	/* of the file page; 0: not known */
	uint64_t mapcount[PROC_BLOCK];	/* or unknown */
};

struct proc_block {
	uint64_t number;
	uint32_t seen_by;	/* what process maps the pages in @seen */
	uint32_t low, high;	/* only pages from @low to before @high are mapped */
	uint64_t seen[PROC_BLOCK / 64];
	uint64_t cached[PROC_BLOCK / 64];
	/* Until all was added: by how much they differ from those of the page before. */
	uint32_t sharers[PROC_BLOCK + 1];
	uint32_t mappings[PROC_BLOCK + 1]; /* with those under migration */
	struct proc_pages *pages;	/* or NULL */
};

/* What a mapping's row has, beside what the world knows of it. */
struct proc_row {
	uint32_t mapping;
	uint64_t rss, shared, cow_shared;
	struct proc_share pss;
};

struct proc_counts {
	struct proc_block **block; /* sorted by number once all was counted */
	size_t nr_blocks;
	struct proc_row *row;	/* of its mappings, as they are linked; none if not wanted */
	size_t nr_rows;
	uint64_t procs, maps, mapped, shared, rss, swap, tables; /* pages, where not counts */
	uint64_t cached, cow, cow_unique, ksm; /* pages; or unknown */
	uint64_t mappings_max;
	bool unknown_tables;
	/* private: */
	struct proc_block *last; /* that was found last */
	struct proc_block *spare; /* for all pages for which there is no memory */
	uint32_t *slot;
	size_t nr_slots, room;
};

void proc_count(struct proc_world *w, uint32_t file, uint32_t number,
		const struct proc_cache *cache, struct proc_counts *c);
void proc_count_copies(struct proc_world *w, struct proc_counts *c, uint32_t first);
void proc_counts_free(struct proc_world *w, struct proc_counts *c);
void proc_share_add(struct proc_share *sum, uint64_t page_size, uint64_t owners);
uint64_t proc_share_settle(const struct proc_share *share);

#endif
