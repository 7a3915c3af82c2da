// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copies: which of them are the same. Two are if page index and page frame are. What
 * the kernel says only one entry maps is known to be alone even without frames.
 */
#include "data/alloc.h"
#include "data/proc/count.h"

/* A copy of a library that other entries may hold, too. */
struct held {
	uint64_t index, pfn;
	uint32_t process, row;
};

static int by_copy(const void *a, const void *b)
{
	const struct held *x = a, *y = b;

	if (x->pfn != y->pfn)
		return x->pfn < y->pfn ? -1 : 1;
	if (x->index != y->index)
		return x->index < y->index ? -1 : 1;
	return (x->process > y->process) - (x->process < y->process);
}

static bool same(const struct held *a, const struct held *b)
{
	return a->pfn == b->pfn && a->index == b->index;
}

/* The entries that hold one copy. */
static void add_group(struct proc_world *w, struct proc_counts *c,
		      const struct held *held, size_t nr)
{
	bool shared = held[0].process != held[nr - 1].process;
	size_t i;

	c->cow_unique++;
	if (!shared)
		w->processes.at[held[0].process].private++;
	for (i = 0; i < nr; i++) {
		struct proc_row *row = &c->row[held[i].row];

		row->cow_shared += shared;
		proc_share_add(&row->pss, w->page_size, nr);
	}
}

/* Without frames, it is not known which of them are the same. */
static void give_up(struct proc_world *w, struct proc_counts *c,
		    const struct held *held, size_t nr)
{
	size_t i;

	c->cow_unique = UNKNOWN;
	for (i = 0; i < nr; i++) {
		c->row[held[i].row].cow_shared = UNKNOWN;
		w->processes.at[held[i].process].unknown_private = true;
	}
}

/**
 * proc_count_copies() - Find out which copies of a library are the same.
 * @w: The world; its processes get their part.
 * @c: The counts of the library, with a row for each mapping.
 */
void proc_count_copies(struct proc_world *w, struct proc_counts *c)
{
	PROC_ARRAY(struct held, held) = { 0 };
	uint64_t i, j, next;

	for (i = 0; i < c->nr_rows; i++) {
		const struct proc_mapping *m = &w->mappings.at[c->row[i].mapping];

		for (j = 0; j < m->nr_copies; j++) {
			const struct proc_copy *copy = &w->copies.at[m->copy + j];

			if (copy->alone) {
				c->cow_unique++;
				w->processes.at[m->process].private++;
				proc_share_add(&c->row[i].pss, w->page_size, 1);
				continue;
			}
			*proc_push(w, &held) = (struct held){
				copy->index, copy->pfn, m->process, i };
		}
	}
	if (held.nr)
		qsort(held.at, held.nr, sizeof(*held.at), by_copy);
	if (held.nr && !w->frames.known)
		give_up(w, c, held.at, held.nr);
	for (i = 0; i < held.nr && w->frames.known; i = next) {
		for (next = i + 1; next < held.nr && same(&held.at[i], &held.at[next]); next++)
			;
		add_group(w, c, &held.at[i], next - i);
	}
	w->bytes -= held.room * sizeof(*held.at);
	free(held.at);
}
