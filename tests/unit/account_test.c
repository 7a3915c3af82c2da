// SPDX-License-Identifier: GPL-2.0-only
/* The accounting against numbers worked out by hand, and against a plain model. */
#include "account.h"
#include "finish.h"
#include "leaf.h"
#include "model.h"
#include "snapshot.h"
#include "tally.h"
#include "test.h"

static struct libshare_leaf leaf;

static void leaf_begin(u64 first, u64 table)
{
	memset(&leaf, 0, sizeof(leaf));
	leaf.first = first;
	leaf.table = table;
	leaf.has_table = true;
	leaf.nr_words = LIBSHARE_LEAF_WORDS;
}

static void leaf_file(u32 pos, u32 count)
{
	for (; count--; pos++)
		leaf.file[pos / 64] |= 1ULL << pos % 64;
}

static void leaf_odd(u32 pos, enum libshare_entry entry, u64 pfn)
{
	leaf.odd[leaf.nr_odd++] = (struct libshare_odd) { pfn, pos, entry };
}

static int account(struct libshare_snapshot *snap)
{
	int err = libshare_account_leaf(snap, &leaf);

	if (!err)
		return 0;
	CHECK(err == -EAGAIN);
	err = libshare_account_make_room(snap, &leaf);
	if (err)
		return err;
	CHECK_EQ(libshare_account_leaf(snap, &leaf), 0);
	return 0;
}

static struct libshare_snapshot *make(unsigned int want, int libraries, int processes)
{
	struct libshare_snapshot *snap = libshare_snapshot_new(want);

	if (!snap)
		return NULL;
	if (libshare_vec_reserve(&snap->libraries, libraries) ||
	    libshare_vec_reserve(&snap->processes, processes))
		goto no_memory;
	while (libraries--) {
		struct libshare_library *lib = libshare_vec_push(&snap->libraries);

		lib->number = snap->libraries.nr - 1;
		libshare_pages_init(&lib->pages);
		libshare_tally_init(lib);
		lib->path = kmalloc(1, GFP_KERNEL);
		if (!lib->path)
			goto no_memory;
	}
	while (processes--)
		((struct libshare_process *)libshare_vec_push(&snap->processes))->seen_table =
			U64_MAX;
	return snap;

no_memory:
	libshare_snapshot_put(snap);
	return NULL;
}

static int map(struct libshare_snapshot *snap, u32 library, u32 process, u64 start)
{
	if (libshare_vec_reserve(&snap->mappings, 1))
		return -ENOMEM;
	return libshare_account_mapping(snap, &(struct libshare_mapping) {
		.library = library, .process = process, .start = start });
}

static void test_sharers(void)
{
	struct libshare_snapshot *snap = make(LIBSHARE_WANT_ALL, 1, 2);
	struct libshare_library *lib = libshare_library_at(snap, 0);

	/* Process 0 maps pages 62 to 65 twice, process 1 pages 64 to 65 once. */
	for (int i = 0; i < 2; i++) {
		map(snap, 0, 0, i);
		leaf_begin(0, i);
		leaf_file(62, 4);
		account(snap);
	}
	map(snap, 0, 1, 0);
	leaf_begin(64, 0);
	leaf_file(0, 2);
	account(snap);
	CHECK_EQ(libshare_finish(snap), 0);

	CHECK_EQ(lib->procs, 2);
	CHECK_EQ(lib->maps, 3);
	CHECK_EQ(lib->mapped, 4);
	CHECK_EQ(lib->shared, 2);
	CHECK_EQ(lib->rss, 6);
	CHECK_EQ(lib->cached, 4);
	CHECK_EQ(lib->mapcount_max, 3);
	CHECK_EQ(lib->tables, 3);
	CHECK_EQ(libshare_process_at(snap, 0)->rss, 4);
	CHECK_EQ(libshare_process_at(snap, 0)->private, 2);
	CHECK_EQ(libshare_process_at(snap, 1)->private, 0);
	CHECK_EQ(libshare_mapping_at(snap, 0)->rss, 4);
	CHECK_EQ(libshare_mapping_at(snap, 0)->shared, 2);
	CHECK_EQ(libshare_mapping_at(snap, 0)->pss.bytes, 2 * 2048 + 2 * 4096 / 3);
	/* 2 × (2 × 2048 + 2 × 1365.33…) */
	CHECK_EQ(libshare_process_at(snap, 0)->pss.bytes, 13653);
	CHECK_EQ(libshare_process_at(snap, 1)->pss.bytes, 2730);
	CHECK_EQ(snap->sharings.nr, 2);
	CHECK_EQ(((struct libshare_sharing *)libshare_vec_at(&snap->sharings, 0))->sharers, 1);
	CHECK_EQ(((struct libshare_sharing *)libshare_vec_at(&snap->sharings, 1))->pages, 2);
	libshare_snapshot_put(snap);
}

/* Thirds add up to a whole, however many: no byte is lost to rounding. */
static void test_pss_whole(void)
{
	struct libshare_snapshot *snap = make(LIBSHARE_WANT_ALL, 1, 7);

	for (int i = 0; i < 7; i++) {
		map(snap, 0, i, 0);
		for (int table = 0; table < 7; table++) {
			leaf_begin(table * 512, table);
			leaf_file(0, 512);
			account(snap);
		}
	}
	CHECK_EQ(libshare_finish(snap), 0);
	for (int i = 0; i < 7; i++)
		CHECK_EQ(libshare_process_at(snap, i)->pss.bytes, 512 * 4096);
	libshare_snapshot_put(snap);
}

static void test_copies(void)
{
	struct libshare_snapshot *snap = make(LIBSHARE_WANT_ALL, 2, 3);
	struct libshare_library *lib = libshare_library_at(snap, 0);

	/* Page 5: one copy held by 0 and 1, another by 2. Page 6: by 2 only. */
	for (int i = 0; i < 3; i++) {
		map(snap, 0, i, 0);
		leaf_begin(0, 0);
		leaf_odd(5, LIBSHARE_ENTRY_COPY, i == 2 ? 200 : 100);
		if (i == 2)
			leaf_odd(6, LIBSHARE_ENTRY_COPY, 201);
		leaf_odd(7, LIBSHARE_ENTRY_SWAP, 0);
		leaf_odd(8, LIBSHARE_ENTRY_SPECIAL, 0);
		account(snap);
	}
	/* The same frame in another library is another copy; KSM, held twice by 2. */
	for (int i = 0; i < 2; i++) {
		map(snap, 1, 2, i);
		leaf_begin(0, 0);
		leaf_odd(5, LIBSHARE_ENTRY_COPY_KSM, 100);
		account(snap);
	}
	CHECK_EQ(libshare_finish(snap), 0);

	CHECK_EQ(lib->cow, 4);
	CHECK_EQ(lib->cow_unique, 3);
	CHECK_EQ(lib->swap, 3);
	CHECK_EQ(lib->ksm, 0);
	CHECK_EQ(lib->mapped, 0);
	CHECK_EQ(lib->cached, 0);
	CHECK_EQ(libshare_library_at(snap, 1)->cow, 2);
	CHECK_EQ(libshare_library_at(snap, 1)->cow_unique, 1);
	CHECK_EQ(libshare_library_at(snap, 1)->ksm, 2);
	CHECK_EQ(libshare_mapping_at(snap, 0)->cow_shared, 1);
	CHECK_EQ(libshare_mapping_at(snap, 0)->pss.bytes, 2048);
	CHECK_EQ(libshare_mapping_at(snap, 2)->cow_shared, 0);
	CHECK_EQ(libshare_mapping_at(snap, 2)->pss.bytes, 8192);
	CHECK_EQ(libshare_mapping_at(snap, 3)->cow_shared, 0);
	CHECK_EQ(libshare_process_at(snap, 2)->private, 3);
	CHECK_EQ(libshare_process_at(snap, 2)->pss.bytes, 3 * 4096);
	CHECK_EQ(libshare_process_at(snap, 0)->private, 0);
	CHECK_EQ(snap->cost.special_ptes, 3);
	CHECK_EQ(libshare_pages_find(&lib->pages, 0)->page[5].copies, 3);
	libshare_snapshot_put(snap);
}

static void test_migrating(void)
{
	struct libshare_snapshot *snap = make(LIBSHARE_WANT_ALL, 1, 2);
	struct libshare_library *lib = libshare_library_at(snap, 0);

	for (int i = 0; i < 2; i++) {
		map(snap, 0, i, 0);
		leaf_begin(0, 0);
		leaf_file(3, 1);
		leaf_odd(3, LIBSHARE_ENTRY_MIGRATING, 7);
		account(snap);
	}
	CHECK_EQ(libshare_finish(snap), 0);
	CHECK_EQ(lib->rss, 2);
	CHECK_EQ(lib->mapped, 1);
	CHECK_EQ(lib->mapcount_max, 0);
	CHECK_EQ(libshare_pages_find(&lib->pages, 0)->page[3].mappings, 0);
	CHECK_EQ(libshare_pages_find(&lib->pages, 0)->page[3].sharers, 2);
	CHECK_EQ(libshare_mapping_at(snap, 0)->pss.bytes, 2048);
	libshare_snapshot_put(snap);
}

/* Two libraries in one table, and one of them in it again. */
static void test_tables(void)
{
	struct libshare_snapshot *snap = make(0, 2, 1);
	static const int library[] = { 0, 1, 0, 0 };
	static const int table[] = { 7, 7, 7, 8 };

	for (int i = 0; i < 4; i++) {
		map(snap, library[i], 0, i);
		leaf_begin(0, table[i]);
		leaf_odd(i, LIBSHARE_ENTRY_SPECIAL, 0);
		account(snap);
	}
	/* A huge PMD has no table. */
	leaf_begin(512, 9);
	leaf.has_table = false;
	leaf_file(0, 512);
	account(snap);
	CHECK_EQ(libshare_finish(snap), 0);
	CHECK_EQ(libshare_library_at(snap, 0)->tables, 2);
	CHECK_EQ(libshare_library_at(snap, 1)->tables, 1);
	CHECK_EQ(libshare_process_at(snap, 0)->tables, 2);
	CHECK_EQ(libshare_process_at(snap, 0)->libs, 2);
	CHECK_EQ(libshare_library_at(snap, 0)->rss, 512);
	libshare_snapshot_put(snap);
}

/* Counts of a library that nobody maps any more, and of one with gaps. */
static void test_cached(void)
{
	struct libshare_snapshot *snap = make(LIBSHARE_WANT_PAGES, 2, 1);
	struct libshare_library *lib = libshare_library_at(snap, 1);
	static const u64 far = 1ULL << 40;

	libshare_pages_get(&lib->pages, 0)->page[1].cached = 1;
	libshare_pages_get(&lib->pages, far / 64)->page[0].cached = 1;
	map(snap, 1, 0, 0);
	leaf_begin(far, 0);
	leaf_file(0, 1);
	account(snap);
	CHECK_EQ(libshare_finish(snap), 0);
	CHECK_EQ(lib->cached, 2);
	CHECK_EQ(lib->unmapped, 1);
	CHECK_EQ(lib->mapped, 1);
	CHECK_EQ(snap->totals.processes, 1);
	CHECK_EQ(snap->totals.unmapped, 1);
	CHECK_EQ(snap->sharings.nr, 2);
	libshare_snapshot_trim(snap);
	CHECK(snap->cost.memory_bytes > 2 * sizeof(struct libshare_block));
	CHECK_EQ(snap->mappings.nr, 0);
	libshare_snapshot_put(snap);
}

/* Pages 0-3 in three files of one build ID, page 9 in one of them only. */
static void test_duplicates(void)
{
	struct libshare_snapshot *snap = make(0, 5, 1);

	for (int i = 0; i < 5; i++) {
		struct libshare_library *lib = libshare_library_at(snap, i);
		struct libshare_bits *bits;

		lib->buildid_len = i < 4 ? 20 : 0;
		lib->buildid[19] = i == 3;
		lib->cached = 4;
		lib->first_cached = i;
		lib->nr_cached = 1;
		CHECK_EQ(libshare_vec_reserve(&snap->cached, 1), 0);
		bits = libshare_vec_push(&snap->cached);
		bits->word = i == 1 ? 0x20f : 0xf;
	}
	/* One more with the same build ID, but nothing of it is cached. */
	CHECK_EQ(libshare_vec_reserve(&snap->libraries, 1), 0);
	struct libshare_library *gone = libshare_vec_push(&snap->libraries);

	libshare_pages_init(&gone->pages);
	gone->buildid_len = 20;
	CHECK_EQ(libshare_finish(snap), 0);
	CHECK_EQ(snap->totals.duplicated, 8);
	for (int i = 0; i < 6; i++)
		CHECK_EQ(libshare_library_at(snap, i)->duplicate, i < 3);
	libshare_snapshot_put(snap);
}

/* One step of the random test: a mapping with pages, to model and module. */
static int random_mapping(struct libshare_snapshot *snap, u32 process, u32 library)
{
	u64 first = 64 * (rand() % 3);
	u32 seen[40] = { 0 };
	int err = map(snap, library, process, rand());

	if (err)
		return err;
	model_mapping(library, process);
	leaf_begin(first, rand() % 3);
	leaf.has_table = false;
	for (int i = rand() % 40; i--;) {
		u32 pos = rand() % 40;

		if (seen[pos]++)
			continue;
		if (rand() % 4) {
			leaf_file(pos, 1);
			model_file(first + pos);
		} else {
			u64 pfn = rand() % 4;

			leaf_odd(pos, LIBSHARE_ENTRY_COPY, pfn);
			model_copy(first + pos, pfn);
		}
	}
	return account(snap);
}

static int random_run(unsigned int seed)
{
	struct libshare_snapshot *snap;
	int err;

	srand(seed);
	model_reset();
	snap = make(LIBSHARE_WANT_ALL, MODEL_LIBRARIES, MODEL_PROCESSES);
	if (!snap)
		return -ENOMEM;
	for (u32 process = 0; process < MODEL_PROCESSES; process++) {
		for (int i = 0; i < MODEL_MAPPINGS; i++) {
			err = random_mapping(snap, process, rand() % MODEL_LIBRARIES);
			if (err)
				goto out;
		}
	}
	err = libshare_finish(snap);
	if (!err)
		model_compare(snap);
out:
	libshare_snapshot_put(snap);
	return err;
}

static void test_random(void)
{
	for (unsigned int seed = 1; seed <= 200 && !check_failed; seed++) {
		CHECK_EQ(random_run(seed), 0);
		if (check_failed)
			printf("# seed %u\n", seed);
	}
}

/* Whatever allocation fails: ENOMEM, and (says ASan) nothing lost or overrun. */
static void test_no_memory(void)
{
	long n = 0;
	int err;

	do {
		kernel_fail_after = n++;
		err = random_run(1);
		CHECK(!err || err == -ENOMEM);
	} while (err && n < 10000);
	kernel_fail_after = -1;
	CHECK(n > 20 && n < 10000);
}

int main(void)
{
	if (libshare_pages_setup())
		return 1;
	test("sharers, mappings and PSS of pages mapped twice and across blocks", test_sharers);
	test("PSS loses no byte to rounding", test_pss_whole);
	test("copies: alone, shared, merged, in two libraries, swapped out", test_copies);
	test("an entry under migration is resident, but no mapping", test_migrating);
	test("page tables count once for a library and once for a process", test_tables);
	test("cached pages, mapped or not, near and far", test_cached);
	test("one build ID, several files: what is cached again", test_duplicates);
	test("200 random machines agree with the plain model", test_random);
	test("every allocation fails once", test_no_memory);
	libshare_pages_teardown();
	return test_end();
}
