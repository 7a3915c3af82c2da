// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counting: the entries of all mappings of one library → its pages, its row, and those
 * of its mappings and processes.
 */
#include <sys/param.h>

#include "data/alloc.h"
#include "data/order.h"
#include "data/proc/blocks.h"
#include "data/proc/count.h"

#define FRACTION_BITS 46
#define ONE (1ull << FRACTION_BITS)

/**
 * proc_share_add() - Add a page, divided among its owners.
 * @sum: The sum.
 * @page_size: Bytes of the page.
 * @owners: Entries that hold it; at least 1.
 */
void proc_share_add(struct proc_share *sum, uint64_t page_size, uint64_t owners)
{
	uint64_t rest = page_size % owners;

	sum->bytes += page_size / owners;
	sum->fraction += ((rest << FRACTION_BITS) + owners / 2) / owners;
	sum->bytes += sum->fraction >> FRACTION_BITS;
	sum->fraction &= ONE - 1;
}

/**
 * proc_share_settle() - Round a sum down to whole bytes.
 * @share: The sum.
 *
 * Each fraction was rounded, so that a sum that is a whole number may be a hair less.
 *
 * Return: The bytes.
 */
uint64_t proc_share_settle(const struct proc_share *share)
{
	return share->bytes + (share->fraction + (ONE >> 24) >= ONE);
}

static void see(struct proc_block *block, uint32_t who)
{
	if (block->seen_by == who)
		return;
	block->seen_by = who;
	memset(block->seen, 0, sizeof(block->seen));
}

/* Mark pages @low to @high as seen; false, and nothing is marked, if one of them was. */
static bool see_pages(uint64_t *seen, uint32_t low, uint32_t high)
{
	uint64_t bits[PROC_BLOCK / 64], again = 0;
	uint32_t first = low / 64, last = (high - 1) / 64, i;

	for (i = first; i <= last; i++) {
		bits[i] = UINT64_MAX;
		if (i == first)
			bits[i] &= UINT64_MAX << low % 64;
		if (i == last)
			bits[i] &= UINT64_MAX >> (63 - (high - 1) % 64);
		again |= seen[i] & bits[i];
	}
	for (i = first; i <= last && !again; i++)
		seen[i] |= bits[i];
	return !again;
}

static void add_sharer(struct proc_block *block, uint32_t low, uint32_t high)
{
	block->sharers[low]++;
	block->sharers[high]--;
}

/* Count pages @low to @high of a block; how many the process did not map before. */
static uint64_t add_pages(struct proc_block *block, uint32_t low, uint32_t high)
{
	uint64_t new = 0;
	uint32_t i;

	block->low = MIN(block->low, low);
	block->high = MAX(block->high, high);
	block->mappings[low]++;
	block->mappings[high]--;
	if (see_pages(block->seen, low, high)) {
		add_sharer(block, low, high);
		return high - low;
	}
	for (i = low; i < high; i++) {
		if (proc_bit(block->seen, i))
			continue;
		proc_set_bit(block->seen, i);
		add_sharer(block, i, i + 1);
		new++;
	}
	return new;
}

/* All was added: from differences to counts. */
static void settle_blocks(struct proc_counts *c)
{
	uint32_t j;
	size_t i;

	for (i = 0; i < c->nr_blocks; i++) {
		struct proc_block *block = c->block[i];

		for (j = block->low + 1; j < block->high; j++) {
			block->sharers[j] += block->sharers[j - 1];
			block->mappings[j] += block->mappings[j - 1];
		}
		/* Where the last of them ended, the sum is 0. */
		block->sharers[block->high] = 0;
		block->mappings[block->high] = 0;
	}
}

static void note_pages(struct proc_block *block, uint32_t low, uint32_t high,
		       const struct proc_run *run, uint64_t pfn)
{
	uint32_t i;

	for (i = low; i < high; i++) {
		block->pages->moving[i] += run->moving;
		if (run->pfn)
			block->pages->pfn[i] = pfn + i - low;
	}
}

static void add_run(struct proc_world *w, struct proc_counts *c,
		    struct proc_process *p, const struct proc_run *run)
{
	uint64_t index = run->first, end = run->first + run->count;

	while (index < end) {
		struct proc_block *block = proc_block_of(w, c, index);
		uint32_t low = index % PROC_BLOCK;
		uint32_t high = MIN(end - index, PROC_BLOCK - low) + low;

		see(block, p - w->processes.at + 1);
		p->rss += add_pages(block, low, high);
		if (block->pages)
			note_pages(block, low, high, run, run->pfn + (index - run->first));
		index += high - low;
	}
}

static void add_process(struct proc_world *w, struct proc_counts *c,
			const struct proc_mapping *m, uint32_t number)
{
	struct proc_process *p = &w->processes.at[m->process];

	p->maps++;
	c->maps++;
	if (p->seen_by == number + 1)
		return;
	p->seen_by = number + 1;
	p->libs++;
	c->procs++;
}

/* Page tables come by ascending address within a process, for each library. */
static void add_tables(struct proc_world *w, struct proc_counts *c,
		       const struct proc_mapping *m, uint64_t *seen)
{
	uint64_t i;

	for (i = 0; i < m->nr_tables; i++) {
		uint64_t table = w->tables.at[m->table + i];

		c->tables += table != *seen;
		*seen = table;
	}
	if (m->unknown_tables)
		c->unknown_tables = true;
}

static void add_mapping(struct proc_world *w, struct proc_counts *c,
			const struct proc_mapping *m)
{
	struct proc_process *p = &w->processes.at[m->process];
	uint64_t i;

	for (i = 0; i < m->nr_runs; i++)
		add_run(w, c, p, &w->runs.at[m->run + i]);
	for (i = 0; i < m->nr_kept && proc_wants(w, PAGES); i++) {
		uint64_t index = w->copies.at[m->copy + i].index;

		proc_block_of(w, c, index)->pages->copies[index % PROC_BLOCK]++;
	}
	c->cow += m->nr_copies;
	c->swap += m->swap;
	if (m->ksm == UNKNOWN)
		c->ksm = UNKNOWN;
	else if (c->ksm != UNKNOWN)
		c->ksm += m->ksm;
	p->cow += m->nr_copies;
	p->swap += m->swap;
}

static void add_mappings(struct proc_world *w, struct proc_counts *c,
			 uint32_t first, uint32_t number)
{
	uint64_t seen_table = UINT64_MAX;
	uint32_t at, process = PROC_NONE;

	for (at = first; at != PROC_NONE; at = w->mappings.at[at].next) {
		const struct proc_mapping *m = &w->mappings.at[at];

		if (m->process != process)
			seen_table = UINT64_MAX;
		process = m->process;
		add_process(w, c, m, number);
		add_mapping(w, c, m);
		add_tables(w, c, m, &seen_table);
	}
}

static void make_rows(struct proc_world *w, struct proc_counts *c, uint32_t first)
{
	uint64_t i;
	uint32_t at;

	c->row = xcalloc(c->maps, sizeof(*c->row));
	for (at = first; at != PROC_NONE; at = w->mappings.at[at].next) {
		const struct proc_mapping *m = &w->mappings.at[at];
		struct proc_row *row = &c->row[c->nr_rows++];

		row->mapping = at;
		for (i = 0; i < m->nr_runs; i++)
			row->rss += w->runs.at[m->run + i].count;
	}
}

static void add_cache(struct proc_world *w, struct proc_counts *c,
		      const struct proc_cache *cache)
{
	uint64_t index, end;
	size_t i;

	/* Where no row says which pages they are, their number is enough. */
	if (!proc_wants(w, PAGES) && !proc_wants(w, HISTOGRAM))
		return;
	for (i = 0; i < cache->nr; i++) {
		end = cache->run[i].first + cache->run[i].count;
		for (index = cache->run[i].first; index < end; index++)
			proc_set_bit(proc_block_of(w, c, index)->cached, index % PROC_BLOCK);
	}
}

static int by_number(const void *a, const void *b)
{
	const struct proc_block *const *x = a, *const *y = b;

	return order((*x)->number, (*y)->number);
}

static void sum_blocks(struct proc_counts *c)
{
	uint64_t cached = 0;
	uint32_t j;
	size_t i;

	for (i = 0; i < c->nr_blocks; i++) {
		struct proc_block *block = c->block[i];

		for (j = block->low; j < block->high; j++) {
			uint32_t sharers = block->sharers[j], mappings = block->mappings[j];

			if (!sharers)
				continue;
			c->rss += sharers;
			c->mapped++;
			c->shared += sharers > 1;
			if (block->pages)
				mappings -= block->pages->moving[j];
			c->mappings_max = MAX(c->mappings_max, mappings);
			/* What is mapped is cached, whenever the cache was read. */
			proc_set_bit(block->cached, j);
		}
		for (j = 0; j < PROC_BLOCK / 64; j++)
			cached += __builtin_popcountll(block->cached[j]);
	}
	if (c->cached != UNKNOWN)
		c->cached = MAX(c->cached, cached);
}

static void finish_run(struct proc_world *w, struct proc_counts *c,
		       struct proc_row *row, const struct proc_run *run)
{
	uint32_t process = w->mappings.at[row->mapping].process, nr;
	struct proc_process *p = &w->processes.at[process];
	uint64_t index, end = run->first + run->count;
	struct proc_block *block = NULL;

	for (index = run->first; index < end; index++) {
		nr = index % PROC_BLOCK;
		if (!block || !nr) {
			block = proc_block_of(w, c, index);
			/* Not a number that was used while pages were counted. */
			see(block, w->processes.nr + 1 + process);
		}
		if (block->sharers[nr] > 1)
			row->shared++;
		else if (!proc_bit(block->seen, nr))
			p->private++;
		proc_set_bit(block->seen, nr);
		proc_share_add(&row->pss, w->page_size, block->mappings[nr]);
	}
}

static void finish_rows(struct proc_world *w, struct proc_counts *c)
{
	size_t i;

	for (i = 0; i < c->nr_rows; i++) {
		const struct proc_mapping *m = &w->mappings.at[c->row[i].mapping];
		struct proc_share *sum = &w->processes.at[m->process].pss;
		uint64_t j;

		for (j = 0; j < m->nr_runs; j++)
			finish_run(w, c, &c->row[i], &w->runs.at[m->run + j]);
		sum->bytes += c->row[i].pss.bytes;
		sum->fraction += c->row[i].pss.fraction;
		sum->bytes += sum->fraction >> FRACTION_BITS;
		sum->fraction &= ONE - 1;
	}
}

/**
 * proc_count() - Count a library.
 * @w: The world, where all entries were read; its processes get their part.
 * @file: The library's file.
 * @number: A number of its own, below PROC_NONE.
 * @cache: What of it is in the page cache.
 * @c: Set to the counts, for proc_counts_free().
 */
void proc_count(struct proc_world *w, uint32_t file, uint32_t number,
		const struct proc_cache *cache, struct proc_counts *c)
{
	uint32_t first = w->files.at[file].first;
	bool rows = proc_wants(w, MAPPINGS) || proc_wants(w, PROCESSES);

	*c = (struct proc_counts){ .cached = cache->pages };
	add_mappings(w, c, first, number);
	settle_blocks(c);
	add_cache(w, c, cache);
	if (rows)
		make_rows(w, c, first);
	proc_count_copies(w, c, first);
	finish_rows(w, c);
	sum_blocks(c);
	if (c->nr_blocks)
		qsort(c->block, c->nr_blocks, sizeof(*c->block), by_number);
}

/**
 * proc_counts_free() - Free counts.
 * @w: The world.
 * @c: The counts.
 */
void proc_counts_free(struct proc_world *w, struct proc_counts *c)
{
	proc_blocks_free(w, c);
	free(c->row);
}
