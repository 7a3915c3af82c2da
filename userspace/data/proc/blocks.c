// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pages of a library are kept in blocks, found by a hash of their number, since a file
 * may have pages at any distance from each other.
 */
#include "data/alloc.h"
#include "data/proc/blocks.h"

static size_t slot_of(const struct proc_counts *c, uint64_t number)
{
	size_t at = number * 0x9e3779b97f4a7c15ull >> 32 & (c->nr_slots - 1);

	while (c->slot[at] && c->block[c->slot[at] - 1]->number != number)
		at = (at + 1) & (c->nr_slots - 1);
	return at;
}

static void grow_slots(struct proc_counts *c)
{
	size_t i;

	c->nr_slots = c->nr_slots ? 2 * c->nr_slots : 16;
	free(c->slot);
	c->slot = xcalloc(c->nr_slots, sizeof(*c->slot));
	for (i = 0; i < c->nr_blocks; i++)
		c->slot[slot_of(c, c->block[i]->number)] = i + 1;
}

static struct proc_block *new_block(struct proc_world *w, uint64_t number)
{
	struct proc_block *block = xcalloc(1, sizeof(*block));

	w->bytes += sizeof(*block);
	block->number = number;
	block->low = PROC_BLOCK;
	if (proc_wants(w, PAGES)) {
		block->pages = xcalloc(1, sizeof(*block->pages));
		w->bytes += sizeof(*block->pages);
	}
	return block;
}

/**
 * proc_block_of() - The block of a page, made where there is none.
 * @w: The world.
 * @c: The counts of the library.
 * @index: The page.
 *
 * Any user may have a file with few pages that are far apart: beyond the limit, the scan
 * goes on, and then fails.
 *
 * Return: The block.
 */
struct proc_block *proc_block_of(struct proc_world *w,
				 struct proc_counts *c, uint64_t index)
{
	uint64_t number = index / PROC_BLOCK;
	struct proc_block *block;
	size_t at;

	if (c->last && c->last->number == number)
		return c->last;
	if (2 * c->nr_blocks >= c->nr_slots)
		grow_slots(c);
	at = slot_of(c, number);
	if (c->slot[at]) {
		c->last = c->block[c->slot[at] - 1];
		return c->last;
	}
	if (!proc_fits(w)) {
		if (!c->spare)
			c->spare = new_block(w, UINT64_MAX);
		return c->spare;
	}
	if (c->nr_blocks == c->room) {
		c->room = c->room ? 2 * c->room : 8;
		c->block = xrealloc(c->block, c->room, sizeof(*c->block));
	}
	block = new_block(w, number);
	c->block[c->nr_blocks++] = block;
	c->slot[at] = c->nr_blocks;
	c->last = block;
	return block;
}

static void free_block(struct proc_world *w, struct proc_block *block)
{
	if (!block)
		return;
	w->bytes -= sizeof(*block) + (block->pages ? sizeof(*block->pages) : 0);
	free(block->pages);
	free(block);
}

/**
 * proc_blocks_free() - Free the blocks of a library.
 * @w: The world.
 * @c: The counts that have them.
 */
void proc_blocks_free(struct proc_world *w, struct proc_counts *c)
{
	size_t i;

	for (i = 0; i < c->nr_blocks; i++)
		free_block(w, c->block[i]);
	free_block(w, c->spare);
	free(c->block);
	free(c->slot);
}
