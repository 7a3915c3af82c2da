// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copies: which of them are the same. Two are if page index and page frame are. What
 * the kernel says only one entry maps is known to be alone even without frames.
 */
#include "data/alloc.h"
#include "data/proc/count.h"

/* Link each entry to the first one that holds the same copy, which counts them. */
static void find_same(struct proc_world *w)
{
	struct proc_held *held = w->held.at;
	uint32_t *heads, mask = 1, i;

	while (mask < w->held.nr)
		mask *= 2;
	heads = xcalloc(mask--, sizeof(*heads));
	for (i = 0; i < w->held.nr; i++) {
		uint64_t hash = (held[i].pfn ^ held[i].index << 40) * 0x9e3779b97f4a7c15ull;
		uint32_t *head = &heads[hash >> 32 & mask], at = *head;

		while (at && (held[at - 1].pfn != held[i].pfn ||
			      held[at - 1].index != held[i].index))
			at = held[at - 1].next;
		if (!at) {
			held[i].next = *head;
			*head = i + 1;
		}
		held[i].first = at ? at - 1 : i;
		held[held[i].first].holders++;
		held[held[i].first].shared |= held[i].process != held[held[i].first].process;
	}
	free(heads);
}

static void add_held(struct proc_world *w, struct proc_counts *c, const struct proc_held *held)
{
	const struct proc_held *first = &w->held.at[held->first];

	if (held == first) {
		c->cow_unique++;
		if (!first->shared)
			w->processes.at[first->process].private++;
	}
	if (!c->nr_rows)
		return;
	c->row[held->row].cow_shared += first->shared;
	proc_share_add(&c->row[held->row].pss, w->page_size, first->holders);
}

/* Without frames, it is not known which of them are the same. */
static void give_up(struct proc_world *w, struct proc_counts *c)
{
	uint64_t i;

	c->cow_unique = UNKNOWN;
	for (i = 0; i < w->held.nr; i++) {
		if (c->nr_rows)
			c->row[w->held.at[i].row].cow_shared = UNKNOWN;
		w->processes.at[w->held.at[i].process].unknown_private = true;
	}
}

/**
 * proc_count_copies() - Find out which copies of a library are the same.
 * @w: The world; its processes get their part.
 * @c: The counts of the library, with a row for each mapping if rows are wanted.
 * @first: The library's first mapping.
 */
void proc_count_copies(struct proc_world *w, struct proc_counts *c, uint32_t first)
{
	uint32_t at = first, row = 0;
	struct proc_held *held;
	uint64_t i, j;

	w->held.nr = 0;
	for (; at != PROC_NONE; at = w->mappings.at[at].next, row++) {
		const struct proc_mapping *m = &w->mappings.at[at];

		c->cow_unique += m->nr_alone;
		w->processes.at[m->process].private += m->nr_alone;
		if (c->nr_rows)
			c->row[row].pss.bytes += m->nr_alone * w->page_size;
		for (j = 0; j < m->nr_kept; j++) {
			const struct proc_copy *copy = &w->copies.at[m->copy + j];

			if (copy->alone)
				continue;
			held = proc_push(w, &w->held);
			held->index = copy->index;
			held->pfn = copy->pfn;
			held->process = m->process;
			held->row = row;
		}
	}
	if (!w->held.nr)
		return;
	if (!w->frames.known) {
		give_up(w, c);
		return;
	}
	find_same(w);
	for (i = 0; i < w->held.nr; i++)
		add_held(w, c, &w->held.at[i]);
}
