// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copies that are the same, because they were inherited over fork or merged by KSM:
 * in one library, at one index, in one page frame. Arithmetic only.
 */
#include <linux/errno.h>
#include <linux/hash.h>
#include <linux/log2.h>

#include "account.h"

/* A copy, as several entries hold it. */
struct copy_group {
	u32 entries;
	u32 processes;
	u32 last_process;	/* 1 + its index */
};

/*
 * All copies, and how to find the one that is the same. A copy's next is 1 + the index
 * of: the next first one of the hash slot, if it is the first of its group; the first
 * of its group, if it is not.
 */
struct copy_groups {
	struct libshare_snapshot *snap;
	struct copy_group *group;	/* by index of the first of equal copies */
	u32 *slot;			/* 1 + index of the first copy of a hash slot */
	unsigned int bits;
};

static struct libshare_copy *copy_at(struct copy_groups *g, u64 i)
{
	return libshare_rows_at(&g->snap->copies, i);
}

static bool is_same(const struct libshare_copy *a, const struct libshare_copy *b)
{
	return a->pfn == b->pfn && a->index == b->index && a->library == b->library;
}

/* The index of the first copy that is the same as copy @i, perhaps itself. */
static u32 find_group(struct copy_groups *g, u32 i, struct libshare_copy *copy)
{
	struct libshare_copy *other;
	u64 place = (copy->index ^ (u64)copy->library << 40) * GOLDEN_RATIO_64;
	u32 *slot = &g->slot[hash_64(copy->pfn ^ place, g->bits)];
	u32 first;

	for (first = *slot; first; first = other->next) {
		other = copy_at(g, first - 1);
		if (is_same(other, copy)) {
			copy->next = first;
			return first - 1;
		}
	}
	copy->next = *slot;
	*slot = i + 1;
	return i;
}

static void add_copy(struct copy_groups *g, u32 i, struct libshare_copy *copy)
{
	struct copy_group *group = &g->group[find_group(g, i, copy)];

	if (!group->entries)
		libshare_library_at(g->snap, copy->library)->cow_unique++;
	group->entries++;
	if (group->last_process != copy->process + 1) {
		group->last_process = copy->process + 1;
		group->processes++;
	}
}

/* What copy @i is to its mapping and process, now that all its owners are known. */
static void settle_copy(struct copy_groups *g, u32 i, struct libshare_copy *copy)
{
	struct libshare_mapping *map = libshare_mapping_at(g->snap, copy->mapping);
	bool is_first = g->group[i].entries;
	struct copy_group *group;

	/* The hash slots are not needed any more. */
	if (is_first)
		copy->next = i + 1;
	group = &g->group[copy->next - 1];
	libshare_share_add_pages(&map->pss, group->entries, 1);
	if (group->processes > 1)
		map->cow_shared++;
	else if (is_first)
		libshare_process_at(g->snap, copy->process)->private++;
}

static int group_copies(struct copy_groups *g)
{
	u64 nr = g->snap->copies.nr, i;
	struct libshare_copy *copy = NULL;
	int err = 0;

	for (i = 0; i < nr && !err; i++) {
		copy = libshare_rows_next(&g->snap->copies, i, copy);
		add_copy(g, i, copy);
		err = libshare_pause();
	}
	for (i = 0; i < nr && !err && (g->snap->want & LIBSHARE_WANT_ROWS); i++) {
		copy = libshare_rows_next(&g->snap->copies, i, copy);
		settle_copy(g, i, copy);
		err = libshare_pause();
	}
	return err;
}

/**
 * libshare_finish_copies() - Find which copies are the same, and which processes hold them.
 * @snap: The snapshot of the scan.
 *
 * Fills cow_unique of libraries; with LIBSHARE_WANT_ROWS also cow_shared of mappings,
 * and what copies add to pss and private. Then next of each copy is 1 + the index of
 * the first copy that is the same.
 *
 * Context: May sleep.
 * Return: 0, -ENOMEM, or -EINTR if the reader was killed.
 */
int libshare_finish_copies(struct libshare_snapshot *snap)
{
	struct copy_groups g = { .snap = snap };
	struct libshare_memory *memory = &snap->memory;
	size_t slots, groups = snap->copies.nr * sizeof(*g.group);
	int err = -ENOMEM;

	if (!snap->copies.nr)
		return 0;
	if (snap->copies.nr >= U32_MAX)
		return -ENOMEM;
	g.bits = ilog2(snap->copies.nr) + 1;
	slots = sizeof(*g.slot) << g.bits;
	g.slot = libshare_memory_alloc(memory, slots);
	g.group = libshare_memory_alloc(memory, groups);
	if (g.slot && g.group)
		err = group_copies(&g);
	libshare_memory_free(memory, g.group, groups);
	libshare_memory_free(memory, g.slot, slots);
	return err;
}
