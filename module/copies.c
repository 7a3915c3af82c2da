// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copies that are the same, because they were inherited over fork or merged by
 * KSM: in one library, at one index, in one page frame. Arithmetic only, as
 * finish.c is.
 */
#include <linux/errno.h>
#include <linux/hash.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "finish.h"
#include "share.h"
#include "snapshot.h"

static struct libshare_copy *copy_at(const struct libshare_snapshot *snap, u64 i)
{
	return libshare_vec_at(&snap->copies, i);
}

/* A copy, as several entries hold it. */
struct copy_group {
	u32 entries;
	u32 processes;
	u32 last_process;	/* 1 + its index */
};

/*
 * All copies, and how to find the one that is the same. A copy's next is 1 +
 * the index of: the next first one of the hash slot, if it is the first of its
 * group; the first of its group, if it is not.
 */
struct copy_groups {
	struct libshare_snapshot *snap;
	struct copy_group *group;	/* by index of the first of equal copies */
	u32 *slot;			/* 1 + index of the first copy of a hash slot */
	unsigned int bits;
};

static bool same_copy(const struct libshare_snapshot *snap, const struct libshare_copy *a,
		      const struct libshare_copy *b)
{
	return a->pfn == b->pfn && a->index == b->index &&
	       libshare_mapping_at(snap, a->mapping)->library ==
	       libshare_mapping_at(snap, b->mapping)->library;
}

/* The index of the first copy that is the same as copy @i, perhaps itself. */
static u32 find_group(struct copy_groups *g, u32 i)
{
	struct libshare_copy *copy = copy_at(g->snap, i);
	u64 library = libshare_mapping_at(g->snap, copy->mapping)->library;
	u64 place = (copy->index ^ library << 40) * GOLDEN_RATIO_64;
	u32 *slot = &g->slot[hash_64(copy->pfn ^ place, g->bits)];
	u32 first;

	for (first = *slot; first; first = copy_at(g->snap, first - 1)->next)
		if (same_copy(g->snap, copy_at(g->snap, first - 1), copy))
			break;
	if (first) {
		copy->next = first;
		return first - 1;
	}
	copy->next = *slot;
	*slot = i + 1;
	return i;
}

static void group_add(struct copy_groups *g, u32 i)
{
	const struct libshare_mapping *map = libshare_mapping_at(g->snap,
								 copy_at(g->snap, i)->mapping);
	struct copy_group *group = &g->group[find_group(g, i)];

	if (!group->entries)
		libshare_library_at(g->snap, map->library)->cow_unique++;
	group->entries++;
	if (group->last_process != map->process + 1) {
		group->last_process = map->process + 1;
		group->processes++;
	}
}

/* What copy @i is to its mapping and process, now that all owners are known. */
static void settle_copy(struct copy_groups *g, u32 i)
{
	struct libshare_mapping *map = libshare_mapping_at(g->snap,
							   copy_at(g->snap, i)->mapping);
	bool is_first = g->group[i].entries;
	struct copy_group *group = &g->group[is_first ? i : copy_at(g->snap, i)->next - 1];

	libshare_share_add_pages(&map->pss, group->entries, 1);
	if (group->processes > 1)
		map->cow_shared++;
	else if (is_first)
		libshare_process_at(g->snap, map->process)->private++;
}

/**
 * libshare_finish_copies() - Find which copies are the same, and whose.
 * @snap: The snapshot of the scan.
 *
 * Fills cow_unique of libraries; with LIBSHARE_WANT_ROWS also cow_shared of
 * mappings, and what copies add to pss and private.
 *
 * Context: Process context, may sleep.
 * Return: 0, -ENOMEM, or -EINTR when the reader was killed.
 */
int libshare_finish_copies(struct libshare_snapshot *snap)
{
	struct copy_groups g = { .snap = snap };
	u64 nr = snap->copies.nr, i;
	int err = -ENOMEM;

	if (!nr)
		return 0;
	if (nr >= U32_MAX)
		return -ENOMEM;
	g.bits = max(1, ilog2(nr) + 1);
	g.slot = kvcalloc(1UL << g.bits, sizeof(*g.slot), LIBSHARE_GFP);
	g.group = kvcalloc(nr, sizeof(*g.group), LIBSHARE_GFP);
	if (!g.slot || !g.group)
		goto out;
	err = 0;
	for (i = 0; i < nr && !err; i++) {
		group_add(&g, i);
		err = libshare_finish_pause();
	}
	for (i = 0; i < nr && !err && (snap->want & LIBSHARE_WANT_ROWS); i++) {
		settle_copy(&g, i);
		err = libshare_finish_pause();
	}
out:
	kvfree(g.group);
	kvfree(g.slot);
	return err;
}
