// SPDX-License-Identifier: GPL-2.0-only
/*
 * Heaps put together by the group of their process. A page that several processes have
 * since a fork is there once: frames tell, where /proc shows them.
 */
#include "data/alloc.h"
#include "data/order.h"
#include "views/heaps.h"
#include "views/parts.h"

struct item {
	const struct heap *heap;
	struct label label;
};

static int by_label(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	return strcmp(x->label.id, y->label.id);
}

/* How many different frames some heaps share; UNKNOWN if one is not known. */
static uint64_t count_frames(const struct item *item, size_t nr)
{
	uint64_t *frame, all = 0, distinct = 0, at = 0;
	size_t i;

	for (i = 0; i < nr; i++) {
		if (!item[i].heap->known)
			return UNKNOWN;
		all += item[i].heap->frames;
	}
	frame = xcalloc(all, sizeof(*frame));
	for (i = 0; i < nr; i++) {
		if (item[i].heap->frames)
			memcpy(frame + at, item[i].heap->frame,
			       item[i].heap->frames * sizeof(*frame));
		at += item[i].heap->frames;
	}
	qsort(frame, all, sizeof(*frame), order_numbers);
	for (at = 0; at < all; at++)
		distinct += !at || frame[at - 1] != frame[at];
	free(frame);
	return distinct;
}

static void add_up(const struct snapshot *snap, struct group_sum *sum, const struct item *item,
		   size_t nr)
{
	uint64_t frames = count_frames(item, nr);
	size_t i;

	for (i = 0; i < nr; i++) {
		sum->procs++;
		sum->heap = plus(sum->heap, item[i].heap->heap);
		sum->alone = plus(sum->alone, item[i].heap->alone);
		sum->shared = plus(sum->shared, item[i].heap->shared);
		sum->swap = plus(sum->swap, item[i].heap->swap);
	}
	sum->distinct = frames == UNKNOWN ? UNKNOWN :
			plus(sum->alone, frames * snap->page_size);
	sum->saved = sum->distinct == UNKNOWN || sum->distinct > sum->heap ?
		     UNKNOWN : sum->heap - sum->distinct;
}

/**
 * heaps_find() - Put heaps together.
 * @snap: A snapshot with heaps, and names.
 * @by: The kind of group.
 * @filter: Which processes count; its @glob does not.
 *
 * Return: Rows of struct group_sum, the total of them last; @at is for free().
 */
struct rows heaps_find(struct snapshot *snap, enum by by, const struct filter *filter)
{
	const struct filter chosen = filter_without_glob(filter);
	struct list list = list_make(snap, &tables[HEAPS], &snap->table[HEAPS], &chosen);
	struct item *item = xcalloc(list.nr, sizeof(*item));
	struct group_sum *sum = xcalloc(list.nr + 1, sizeof(*sum));
	struct rows rows = { .at = (char *)sum };
	size_t i, end;

	for (i = 0; i < list.nr; i++) {
		const struct heap *heap = list.row[i];
		const struct process proc = { .pid = heap->pid, .uid = heap->uid,
					      .cgroup = heap->cgroup, .comm = heap->comm };

		item[i] = (struct item){ heap, label_process(snap, by, &proc) };
	}
	if (list.nr)
		qsort(item, list.nr, sizeof(*item), by_label);
	for (i = 0; i < list.nr; i = end) {
		for (end = i + 1; end < list.nr; end++)
			if (by_label(&item[i], &item[end]))
				break;
		sum[rows.nr].label = item[i].label;
		add_up(snap, &sum[rows.nr++], item + i, end - i);
	}
	if (rows.nr) {
		sum[rows.nr].label = (struct label){ GROUPS_TOTAL, GROUPS_TOTAL, "-", "-", "-" };
		add_up(snap, &sum[rows.nr++], item, list.nr);
	}
	free(list.row);
	free(item);
	return rows;
}
