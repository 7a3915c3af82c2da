// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a library is to each control group: what its processes map, what it is charged
 * for, and how these differ. Arithmetic only; it runs in user space for its unit tests.
 *
 * Libraries come one after another. The mappings and charges of a library are chained
 * to its uses; then each use in turn marks in the blocks what it maps.
 */
#include <linux/bitops.h>
#include <linux/errno.h>

#include "account.h"

/* What a use maps of a block. */
struct part {
	struct libshare_block *block;
	struct libshare_use *use;
	u64 pages;
	u64 alone;		/* of these, pages that no other use maps */
};

struct uses {
	struct libshare_snapshot *snap;
	u32 *first;		/* of each library: 1 + index of its first mapping */
	/*
	 * Of each mapping: 1 + index of the next one of its library, then of its use. Of a
	 * mapping that has been walked: 1 + index of its use.
	 */
	u32 *next;
	u32 visitor;		/* the latest that has marked blocks as seen */
	u64 next_charge;	/* charges are in the order of libraries */

	/* Of the library in hand */
	LIBSHARE_ROWS(parts, struct part);
	struct libshare_library *lib;
	u64 first_use;		/* its index */
	u64 none;		/* 1 + index of the use of no group */
	u64 charged;		/* pages charged to some group, */
	u64 idle;		/* and those of them that no process maps */
};

/* The use of the library in hand by a group, perhaps a new one; NULL: no memory. */
static struct libshare_use *use_of(struct uses *u, struct libshare_cgroup *cgroup)
{
	struct libshare_snapshot *snap = u->snap;
	u64 *latest = cgroup ? &cgroup->use : &u->none;
	struct libshare_use *use;

	if (*latest > u->first_use)
		return libshare_rows_at(&snap->uses, *latest - 1);
	if (libshare_rows_reserve(&snap->uses, 1, &snap->memory))
		return NULL;
	use = libshare_rows_add(&snap->uses);
	*latest = snap->uses.nr;
	use->library = u->lib->number;
	use->cgroup = cgroup;
	return use;
}

/* Add to a use what a mapping knows of itself. */
static int add_mapping(struct uses *u, u32 i)
{
	const struct libshare_mapping *map = libshare_mapping_at(u->snap, i);
	struct libshare_process *proc = libshare_process_at(u->snap, map->process);
	struct libshare_use *use = use_of(u, proc->cgroup);

	if (!use)
		return -ENOMEM;
	u->next[i] = use->first_mapping;
	use->first_mapping = i + 1;
	/* The mappings of a process are neighbours. */
	use->procs += use->last_process != map->process + 1;
	use->last_process = map->process + 1;
	use->rss += map->rss - map->again;
	use->cow += map->cow;
	use->swap += map->swap;
	/* As if no two entries held the same copy: add_copies() knows better. */
	use->cow_unique += map->cow;
	use->private += map->cow;
	libshare_share_add(&use->pss, &map->pss);
	return libshare_pause();
}

static int add_mappings(struct uses *u)
{
	u32 i, next;
	int err = 0;

	for (i = u->first[u->lib->number]; i && !err; i = next) {
		next = u->next[i - 1];
		err = add_mapping(u, i - 1);
	}
	return err;
}

static int add_charges(struct uses *u)
{
	for (; u->next_charge < u->snap->charges.nr; u->next_charge++) {
		struct libshare_charge *charge = libshare_rows_at(&u->snap->charges,
								  u->next_charge);
		struct libshare_use *use;

		if (charge->library != u->lib->number)
			break;
		use = use_of(u, charge->cgroup);
		if (!use)
			return -ENOMEM;
		charge->next = use->first_charge;
		use->first_charge = u->next_charge + 1;
		if (libshare_pause())
			return -EINTR;
	}
	return 0;
}

/* Begin to mark blocks: with a number that no block was marked with. */
static int begin_visit(struct uses *u)
{
	return ++u->visitor ? 0 : -ENOMEM;
}

static u64 seen_of(const struct uses *u, const struct libshare_block *block)
{
	return block->seen_by == u->visitor ? block->seen : 0;
}

/* Mark pages of a block: those of them that were not marked before. */
static u64 see(const struct uses *u, struct libshare_block *block, u64 pages)
{
	u64 seen = seen_of(u, block);

	block->seen_by = u->visitor;
	block->seen = seen | pages;
	return pages & ~seen;
}

/* Mark what a mapping maps for its use. */
static int see_mapping(struct uses *u, struct libshare_use *use, const struct libshare_mapping *map)
{
	u64 i, end = map->first_word + map->nr_words;
	struct libshare_word *word = NULL;
	struct part *part;

	for (i = map->first_word; i < end; i++) {
		word = libshare_rows_next(&u->snap->words, i, word);
		if (word->block->seen_by != u->visitor) {
			if (libshare_rows_reserve(&u->parts, 1, &u->snap->memory))
				return -ENOMEM;
			part = libshare_rows_add(&u->parts);
			part->block = word->block;
			part->use = use;
		}
		use->mapped += hweight64(see(u, word->block, word->pages));
	}
	return libshare_pause();
}

/* What the pages that a use is charged for are to it, once its own are marked. */
static int settle_charges(struct uses *u, struct libshare_use *use)
{
	const struct libshare_charge *charge;
	u64 any, seen, own = 0;
	u32 i, plane;

	for (i = use->first_charge; i; i = charge->next) {
		charge = libshare_rows_at(&u->snap->charges, i - 1);
		for (any = 0, plane = 0; plane < charge->block->planes; plane++)
			any |= charge->block->sharers[plane];
		seen = seen_of(u, charge->block);
		use->charged += hweight64(charge->pages);
		use->idle += hweight64(charge->pages & ~any);
		own += hweight64(charge->pages & seen);
		if (libshare_pause())
			return -EINTR;
	}
	use->lent = use->charged - use->idle - own;
	use->borrowed = use->mapped - own;
	u->charged += use->charged;
	u->idle += use->idle;
	return 0;
}

static int settle_use(struct uses *u, u64 nr)
{
	struct libshare_use *use = libshare_rows_at(&u->snap->uses, nr);
	u64 first_part = u->parts.nr, i;
	int err = begin_visit(u);
	u32 map, next;

	for (map = use->first_mapping; map && !err; map = next) {
		next = u->next[map - 1];
		u->next[map - 1] = nr + 1;
		err = see_mapping(u, use, libshare_mapping_at(u->snap, map - 1));
	}
	for (i = first_part; i < u->parts.nr && !err; i++) {
		struct part *part = libshare_rows_at(&u->parts, i);

		part->pages = part->block->seen;
		part->alone = part->pages;
	}
	return err ?: settle_charges(u, use);
}

/* Leave out what an earlier use maps, too; then, from the end, what a later one does. */
static int settle_alone(struct uses *u)
{
	struct part *part;
	int err = begin_visit(u);
	u64 i;

	for (i = 0; i < u->parts.nr && !err; i++) {
		part = libshare_rows_at(&u->parts, i);
		part->alone &= see(u, part->block, part->pages);
		err = libshare_pause();
	}
	if (!err)
		err = begin_visit(u);
	for (i = u->parts.nr; i-- > 0 && !err; ) {
		part = libshare_rows_at(&u->parts, i);
		part->alone &= see(u, part->block, part->pages);
		part->use->private += hweight64(part->alone);
		err = libshare_pause();
	}
	return err;
}

/* What is cached and charged to no group. */
static int settle_none(struct uses *u)
{
	struct libshare_use *use;

	if (u->lib->cached == u->charged && u->none <= u->first_use)
		return 0;
	use = use_of(u, NULL);
	if (!use)
		return -ENOMEM;
	use->charged = u->lib->cached - u->charged;
	use->idle = u->lib->unmapped - u->idle;
	/* Where processes have no group, no page is charged to one. */
	use->lent = use->charged - use->idle - use->mapped;
	use->borrowed = 0;
	return 0;
}

static int add_library(struct uses *u, struct libshare_library *lib)
{
	u64 nr;
	int err;

	u->lib = lib;
	u->first_use = u->snap->uses.nr;
	u->charged = 0;
	u->idle = 0;
	u->parts.nr = 0;
	err = add_mappings(u);
	if (!err)
		err = add_charges(u);
	for (nr = u->first_use; nr < u->snap->uses.nr && !err; nr++)
		err = settle_use(u, nr);
	if (!err)
		err = settle_alone(u);
	return err ?: settle_none(u);
}

/* Equal copies count once for each use that has them, and are private if that is one. */
static int settle_equal(struct uses *u, u32 first, u32 i, const u32 *next)
{
	struct libshare_use *use = NULL;
	u32 users = 0;

	for (; i; i = next[i - 1]) {
		const struct libshare_copy *copy = libshare_rows_at(&u->snap->copies, i - 1);

		use = libshare_rows_at(&u->snap->uses, u->next[copy->mapping] - 1);
		use->private--;
		use->cow_unique--;
		if (use->last_copy != first + 1) {
			use->last_copy = first + 1;
			use->cow_unique++;
			users++;
		}
	}
	if (users == 1)
		use->private++;
	return libshare_pause();
}

static int add_copies(struct uses *u)
{
	u64 nr = u->snap->copies.nr, i;
	size_t size = nr * sizeof(u32);
	u32 *last = libshare_memory_alloc(&u->snap->memory, size);
	u32 *next = libshare_memory_alloc(&u->snap->memory, size);
	int err = last && next ? 0 : -ENOMEM;

	for (i = 0; i < nr && !err; i++) {
		const struct libshare_copy *copy = libshare_rows_at(&u->snap->copies, i);

		next[i] = last[copy->next - 1];
		last[copy->next - 1] = i + 1;
		err = libshare_pause();
	}
	for (i = 0; i < nr && !err; i++)
		err = settle_equal(u, i, last[i], next);
	libshare_memory_free(&u->snap->memory, next, size);
	libshare_memory_free(&u->snap->memory, last, size);
	return err;
}

static int add_all(struct uses *u)
{
	struct libshare_snapshot *snap = u->snap;
	int err = 0;
	u64 i;

	for (i = snap->mappings.nr; i-- > 0 && !err; ) {
		u32 *first = &u->first[libshare_mapping_at(snap, i)->library];

		u->next[i] = *first;
		*first = i + 1;
		err = libshare_pause();
	}
	for (i = 0; i < snap->libraries.nr && !err; i++)
		err = add_library(u, libshare_library_at(snap, i));
	if (!err && snap->copies.nr)
		err = add_copies(u);
	return err;
}

/**
 * libshare_finish_uses() - Work out what libraries are to control groups.
 * @snap: The snapshot of the scan, whose other numbers are complete. Its charges are in
 *	the order of its libraries.
 *
 * Context: May sleep.
 * Return: 0, -ENOMEM, or -EINTR if the reader was killed.
 */
int libshare_finish_uses(struct libshare_snapshot *snap)
{
	/* Above all numbers that finish.c marks blocks with. */
	struct uses u = { .snap = snap, .visitor = 2 * snap->processes.nr + 1 };
	size_t first = snap->libraries.nr * sizeof(*u.first);
	size_t next = snap->mappings.nr * sizeof(*u.next);
	int err = -ENOMEM;

	if (!snap->libraries.nr)
		return 0;
	u.first = libshare_memory_alloc(&snap->memory, first);
	u.next = libshare_memory_alloc(&snap->memory, next);
	if (u.first && u.next)
		err = add_all(&u);
	libshare_rows_free(&u.parts, &snap->memory);
	libshare_memory_free(&snap->memory, u.next, next);
	libshare_memory_free(&snap->memory, u.first, first);
	return err;
}
