// SPDX-License-Identifier: GPL-2.0-only
/*
 * Both ways to count a library's file pages against the plain model, counted by one
 * worker or put together from what several have counted.
 */
#include "finish.h"
#include "leaf.h"
#include "merge.h"
#include "model.h"
#include "snapshot.h"
#include "tally.h"
#include "test.h"

#define SPAN 40			/* pages of a VMA of the random machines */
#define WORKERS 3

static struct libshare_leaf leaf;
static struct libshare_tally_at at;
static unsigned int short_ways, walks;

static struct libshare_snapshot *make(bool walk)
{
	struct libshare_snapshot *snap = libshare_snapshot_new(0);

	if (!snap)
		return NULL;
	memset(&at, 0, sizeof(at));
	if (libshare_vec_reserve(&snap->libraries, MODEL_LIBRARIES) ||
	    libshare_vec_reserve(&snap->processes, MODEL_PROCESSES)) {
		libshare_snapshot_put(snap);
		return NULL;
	}
	for (u32 i = 0; i < MODEL_LIBRARIES; i++) {
		struct libshare_library *lib = libshare_vec_push(&snap->libraries);

		lib->number = i;
		lib->walked = walk;
		libshare_pages_init(&lib->pages);
		libshare_tally_init(lib);
	}
	for (u32 i = 0; i < MODEL_PROCESSES; i++)
		libshare_vec_push(&snap->processes);
	return snap;
}

static void map(struct libshare_snapshot *snap, u32 library, u32 process, u64 first, bool copies)
{
	at = (struct libshare_tally_at) { .lib = libshare_library_at(snap, library),
					  .process = process, .first = first };
	libshare_tally_vma(snap, &at, SPAN, copies);
	memset(&leaf, 0, sizeof(leaf));
	leaf.first = first / 64 * 64;
	leaf.nr_words = LIBSHARE_LEAF_WORDS;
}

static void leaf_file(u64 index)
{
	u32 pos = index - leaf.first;

	leaf.file[pos / 64] |= 1ULL << pos % 64;
}

static void leaf_odd(u64 index, enum libshare_entry entry, u64 pfn)
{
	leaf.odd[leaf.nr_odd++] = (struct libshare_odd) { pfn, index - leaf.first, entry };
}

static int account(struct libshare_snapshot *snap)
{
	int err = libshare_tally_leaf(snap, &at, &leaf);

	if (!err)
		return 0;
	CHECK(err == -EAGAIN);
	err = libshare_tally_make_room(snap, at.lib, &leaf);
	if (err)
		return err;
	CHECK_EQ(libshare_tally_leaf(snap, &at, &leaf), 0);
	return 0;
}

/* What the page cache would say: all is cached, and mapped as often as it is. */
static int read_cache(struct libshare_snapshot *snap, u32 library)
{
	struct libshare_library *lib = libshare_library_at(snap, library);

	lib->first_cached = snap->cached.nr;
	for (u64 block = 0; block < MODEL_PAGES / 64; block++) {
		struct libshare_resident res = { .block_nr = block, .cached = U64_MAX };
		struct libshare_bits *bits;

		for (u32 r = 0; r < model_rows; r++)
			for (int i = 0; i < 64; i++)
				res.mapcount[i] += model[r].library == library &&
						   model[r].file[block * 64 + i];
		if (libshare_vec_reserve(&snap->cached, 1))
			return -ENOMEM;
		bits = libshare_vec_push(&snap->cached);
		bits->block_nr = block;
		bits->word = res.cached;
		lib->nr_cached++;
		libshare_tally_resident(lib, &res);
	}
	return 0;
}

/* How many rows of the model hold this copy? */
static u32 holders(u32 library, u64 index, u64 pfn)
{
	u32 n = 0;

	for (u32 r = 0; r < model_rows; r++)
		n += model[r].library == library && model[r].copy[index] == pfn + 1;
	return n;
}

/* The number that a worker has given a library: to each another one. */
static u32 number_of(u32 library, u32 worker)
{
	return (library + worker) % MODEL_LIBRARIES;
}

/* The model's rows, to a worker: copies first, since copies alone say so. */
static int replay(struct libshare_snapshot *snap, bool walk, u32 worker, u32 workers)
{
	for (u32 r = 0; r < model_rows; r++) {
		u64 first = 0, i;
		bool copies = false, any = false;

		if (model[r].process % workers != worker)
			continue;
		for (i = MODEL_PAGES; i-- > 0; ) {
			copies |= model[r].copy[i] > 0;
			if (model[r].file[i] || model[r].copy[i])
				first = i;
			any |= model[r].file[i] || model[r].copy[i];
		}
		map(snap, number_of(model[r].library, worker), model[r].process, first, copies);
		for (i = 0; i < MODEL_PAGES; i++) {
			u64 pfn = model[r].copy[i] - 1;

			if (model[r].file[i])
				leaf_file(i);
			else if (model[r].copy[i] && holders(model[r].library, i, pfn) > 1)
				leaf_odd(i, LIBSHARE_ENTRY_COPY, pfn);
			else if (model[r].copy[i] && pfn % 2)
				leaf_odd(i, LIBSHARE_ENTRY_COPY_ALONE, pfn);
			else if (model[r].copy[i])
				leaf.nr_alone++;
		}
		/* Without an anon_vma and for the short way, tables are not read. */
		if (any && (copies || walk) && account(snap))
			return -ENOMEM;
	}
	return 0;
}

static void random_row(u32 process, bool overlap)
{
	u32 library = rand() % MODEL_LIBRARIES;
	u64 first = overlap ? rand() % 3 * 64 : 0;
	bool writable = rand() % 2;

	/* Without overlaps: each process one VMA of a library. */
	for (u32 r = 0; r < model_rows && !overlap; r++)
		if (model[r].library == library && model[r].process == process)
			return;
	model_mapping(library, process);
	for (u64 i = first; i < first + SPAN; i++) {
		if (rand() % 3 == 0)
			continue;
		if (writable && rand() % 4 == 0)
			model_copy(i, rand() % 4);
		else
			model_file(i);
	}
}

/* What one of several workers counts, and what comes of it. */
static int replay_part(struct libshare_snapshot *snap, bool walk, u32 worker, u32 workers)
{
	struct libshare_snapshot *part = make(walk);
	struct libshare_vec own;
	int err;

	if (!part)
		return -ENOMEM;
	own = part->processes;
	part->processes = snap->processes;
	err = replay(part, walk, worker, workers);
	for (u32 i = 0; i < MODEL_LIBRARIES && !err; i++) {
		struct libshare_library *lib = libshare_library_at(snap, i);

		err = libshare_merge_library(lib, libshare_library_at(part,
								      number_of(i, worker)));
	}
	libshare_merge_cost(&snap->cost, &part->cost);
	if (!err)
		err = libshare_merge_copies(snap, part);
	part->processes = own;
	libshare_snapshot_put(part);
	return err;
}

static int random_run(unsigned int seed, bool walk, u32 workers)
{
	struct libshare_snapshot *snap = make(walk);
	int err = 0;

	srand(seed);
	model_reset();
	for (u32 process = 0; process < MODEL_PROCESSES; process++)
		for (int i = 0; i < MODEL_MAPPINGS; i++)
			random_row(process, seed % 2);
	if (!snap)
		return -ENOMEM;
	if (workers == 1)
		err = replay(snap, walk, 0, 1);
	for (u32 i = 0; i < workers && workers > 1 && !err; i++)
		err = replay_part(snap, walk, i, workers);
	for (u32 i = 0; i < MODEL_LIBRARIES && !err; i++)
		err = read_cache(snap, i);
	for (u32 i = 0; i < MODEL_LIBRARIES && !err; i++) {
		struct libshare_library *lib = libshare_library_at(snap, i);

		libshare_tally_finish(snap, lib);
		CHECK_EQ(lib->cached, MODEL_PAGES);
		CHECK_EQ(lib->unmapped + lib->mapped, MODEL_PAGES);
	}
	if (!err)
		err = libshare_finish(snap);
	for (u32 i = 0; i < MODEL_LIBRARIES && !err; i++) {
		if (!walk && libshare_library_at(snap, i)->inexact) {
			walks++;
			continue;
		}
		short_ways += !walk;
		model_compare_library(snap, i);
	}
	libshare_snapshot_put(snap);
	return err;
}

static void test_walk(void)
{
	for (unsigned int seed = 1; seed <= 200 && !check_failed; seed++)
		CHECK_EQ(random_run(seed, true, 1), 0);
}

static void test_walk_shared(void)
{
	for (unsigned int seed = 1; seed <= 200 && !check_failed; seed++)
		CHECK_EQ(random_run(seed, true, WORKERS), 0);
}

/* Where a process maps a page twice it must be noticed; elsewhere it must not. */
static void check_short(u32 workers)
{
	short_ways = 0;
	walks = 0;
	for (unsigned int seed = 1; seed <= 200 && !check_failed; seed++)
		CHECK_EQ(random_run(seed, false, workers), 0);
	CHECK(short_ways > 300);
	CHECK(walks > 100);
}

static void test_short(void)
{
	check_short(1);
}

static void test_short_shared(void)
{
	check_short(WORKERS);
}

/* More entries than a byte counts, and the page after it with one less. */
static void test_many(void)
{
	struct libshare_snapshot *snap = make(true);
	struct libshare_library *lib = libshare_library_at(snap, 0);

	for (u32 i = 0; i < 1000; i++) {
		map(snap, 0, i < 700 ? 0 : 1, 0, false);
		leaf_file(63);
		if (i)
			leaf_file(64);
		CHECK_EQ(account(snap), 0);
	}
	CHECK_EQ(read_cache(snap, 0), 0);
	libshare_tally_finish(snap, lib);
	CHECK_EQ(lib->mapcount_max, 1000);
	CHECK_EQ(lib->mapped, 2);
	CHECK_EQ(lib->shared, 2);
	CHECK_EQ(lib->rss, 4);
	CHECK_EQ(lib->maps, 1000);
	CHECK_EQ(lib->procs, 2);
	libshare_snapshot_put(snap);
}

/* Under migration: a sharer but no mapping, and mapcounts would not know. */
static void test_migrating(void)
{
	for (int walk = 0; walk < 2; walk++) {
		struct libshare_snapshot *snap = make(walk);
		struct libshare_library *lib = libshare_library_at(snap, 0);

		for (u32 i = 0; i < 2; i++) {
			map(snap, 0, i, 0, true);
			leaf_file(3);
			if (i)
				leaf_odd(3, LIBSHARE_ENTRY_MIGRATING, 7);
			leaf_odd(5, LIBSHARE_ENTRY_SWAP, 0);
			leaf_odd(6, LIBSHARE_ENTRY_SPECIAL, 0);
			leaf_odd(7, LIBSHARE_ENTRY_COPY_KSM, 9);
			CHECK_EQ(account(snap), 0);
		}
		CHECK_EQ(lib->inexact, true);
		libshare_tally_finish(snap, lib);
		CHECK_EQ(lib->rss, walk ? 2 : 0);
		CHECK_EQ(lib->mapcount_max, walk ? 1 : 0);
		CHECK_EQ(lib->swap, 2);
		CHECK_EQ(lib->ksm, 2);
		CHECK_EQ(snap->cost.special_ptes, 2);
		/* Mapped, though it was not cached when the page cache was read. */
		CHECK_EQ(lib->cached, walk ? 1 : 0);
		CHECK_EQ(libshare_finish(snap), 0);
		CHECK_EQ(lib->cow_unique, 1);
		libshare_snapshot_put(snap);
	}
}

/* The last page of one segment is the first of the next, which is written. */
static void test_segments(void)
{
	for (int written = 0; written < 2; written++) {
		struct libshare_snapshot *snap = make(false);
		struct libshare_library *lib = libshare_library_at(snap, 0);

		map(snap, 0, 0, 0, false);
		map(snap, 0, 0, SPAN - 1, true);
		if (written)
			leaf_odd(SPAN - 1, LIBSHARE_ENTRY_COPY_ALONE, 1);
		else
			leaf_file(SPAN - 1);
		leaf_file(SPAN);
		CHECK_EQ(account(snap), 0);
		CHECK_EQ(lib->inexact, !written);
		libshare_snapshot_put(snap);
	}
}

static void test_tables(void)
{
	struct libshare_snapshot *snap = make(false);
	struct libshare_library *lib = libshare_library_at(snap, 0);

	for (u32 i = 0; i < 6; i++) {
		if (i % 3 == 0)
			map(snap, 0, i / 3, 0, false);
		libshare_tally_table(lib, i % 3 / 2);
	}
	CHECK_EQ(lib->tables, 4);
	libshare_snapshot_put(snap);
}

static void check_no_memory(u32 workers)
{
	long n = 0;
	int err;

	do {
		kernel_fail_after = n++;
		err = random_run(1, true, workers);
		CHECK(!err || err == -ENOMEM);
	} while (err && n < 10000);
	kernel_fail_after = -1;
	CHECK(n > 20 && n < 10000);
}

static void test_no_memory(void)
{
	check_no_memory(1);
	check_no_memory(WORKERS);
}

/* One who has none, one who has many of one page, one who has the log of others behind. */
static void test_merge(void)
{
	struct libshare_snapshot *snap = make(true), *part = make(true);
	struct libshare_library *lib = libshare_library_at(snap, 0);

	for (u32 i = 0; i < 1023; i++) {
		map(i % 3 ? part : snap, 0, 0, 0, false);
		leaf_file(7);
		CHECK_EQ(account(i % 3 ? part : snap), 0);
	}
	CHECK_EQ(read_cache(snap, 1), 0);
	CHECK_EQ(read_cache(part, 0), 0);
	CHECK_EQ(libshare_merge_library(lib, libshare_library_at(part, 0)), 0);
	CHECK_EQ(libshare_merge_copies(snap, part), 0);
	CHECK_EQ(libshare_merge_cached(snap, part), 0);
	CHECK_EQ(snap->cached.nr, 2 * MODEL_PAGES / 64);
	CHECK_EQ(((struct libshare_bits *)libshare_vec_at(&snap->cached,
							  MODEL_PAGES / 64))->word, U64_MAX);
	libshare_tally_finish(snap, lib);
	CHECK_EQ(lib->mapcount_max, 1023);
	CHECK_EQ(lib->mapped, 1);
	CHECK_EQ(lib->shared, 1);	/* one process for each of the two */
	CHECK_EQ(lib->maps, 1023);
	libshare_snapshot_put(part);
	libshare_snapshot_put(snap);
}

int main(void)
{
	if (libshare_pages_setup())
		return 1;
	test("200 random machines, page tables read: as the plain model", test_walk);
	test("200 random machines, by mapcounts: as the plain model, or said so", test_short);
	test("200 random machines, page tables read by several workers: the same",
	     test_walk_shared);
	test("200 random machines, by mapcounts and several workers: the same",
	     test_short_shared);
	test("a thousand entries of one page, put together from two workers", test_merge);
	test("a thousand entries of one page", test_many);
	test("an entry under migration is resident, but no mapping", test_migrating);
	test("segments that meet in a page", test_segments);
	test("page tables count once for a library and process", test_tables);
	test("every allocation fails once", test_no_memory);
	libshare_pages_teardown();
	return test_end();
}
