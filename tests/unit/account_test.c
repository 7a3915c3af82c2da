// SPDX-License-Identifier: GPL-2.0-only
/* The accounting against numbers worked out by hand, and against a plain model. */
#include "account.h"
#include "leaf.h"
#include "model.h"
#include "snapshot.h"
#include "test.h"

#define WANT_ALL (LIBSHARE_WANT_ROWS | LIBSHARE_WANT_PAGES | LIBSHARE_WANT_CGROUPS)

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

static void leaf_alone(u32 pos)
{
	leaf.alone[pos / 64] |= 1ULL << pos % 64;
	leaf.any_alone = true;
}

static void leaf_odd(u32 pos, enum libshare_entry entry, u64 pfn)
{
	leaf.odd[leaf.nr_odd++] = (struct libshare_odd) { pfn, pos, entry };
}

static struct libshare_account acct;

static int account(void)
{
	int err = libshare_account_leaf(&acct, &leaf);

	if (!err)
		return 0;
	CHECK(err == -EAGAIN);
	err = libshare_account_make_room(&acct, &leaf);
	if (err)
		return err;
	CHECK_EQ(libshare_account_leaf(&acct, &leaf), 0);
	return 0;
}

static struct libshare_library *add_library(struct libshare_snapshot *snap)
{
	struct libshare_library *lib = libshare_snapshot_add_library(snap);

	if (lib)
		lib->path = libshare_memory_alloc(&snap->memory, 1);
	return lib && lib->path ? lib : NULL;
}

static struct libshare_snapshot *make(unsigned int want, int libraries, int processes)
{
	struct libshare_snapshot *snap = libshare_snapshot_new(want);

	if (!snap)
		return NULL;
	libshare_account_begin(&acct, snap);
	if (libshare_rows_reserve(&snap->processes, processes, &snap->memory))
		goto no_memory;
	while (libraries--)
		if (!add_library(snap))
			goto no_memory;
	while (processes--)
		libshare_rows_add(&snap->processes)->seen_table = U64_MAX;
	if (libshare_rows_reserve(&snap->cgroups, MODEL_CGROUPS, &snap->memory))
		goto no_memory;
	for (int i = 0; i < MODEL_CGROUPS; i++)
		libshare_rows_add(&snap->cgroups)->id = i + 1;
	return snap;

no_memory:
	libshare_snapshot_free(snap);
	return NULL;
}

static int map(struct libshare_snapshot *snap, u32 library, u32 process, u64 start)
{
	if (libshare_rows_reserve(&snap->mappings, 1, &snap->memory))
		return -ENOMEM;
	libshare_account_process(&acct, process);
	return libshare_account_vma(&acct, libshare_library_at(snap, library), start, 0);
}

static struct libshare_page page_of(struct libshare_library *lib, u64 index)
{
	struct libshare_page page;

	libshare_block_page(libshare_pages_find(&lib->pages, index / 64), index % 64, &page);
	return page;
}

static void test_sharers(void)
{
	struct libshare_snapshot *snap = make(WANT_ALL, 1, 2);
	struct libshare_library *lib = libshare_library_at(snap, 0);

	/* Process 0 maps pages 62 to 65 twice, process 1 pages 64 to 65 once. */
	for (int i = 0; i < 2; i++) {
		map(snap, 0, 0, i);
		leaf_begin(0, i);
		leaf_file(62, 4);
		account();
	}
	map(snap, 0, 1, 0);
	leaf_begin(64, 0);
	leaf_file(0, 2);
	account();
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
	CHECK_EQ(libshare_share_bytes(&libshare_mapping_at(snap, 0)->pss), 2 * 2048 + 2 * 4096 / 3);
	/* 2 × (2 × 2048 + 2 × 1365.33…) */
	CHECK_EQ(libshare_share_bytes(&libshare_process_at(snap, 0)->pss), 13653);
	CHECK_EQ(libshare_share_bytes(&libshare_process_at(snap, 1)->pss), 2730);
	CHECK_EQ(snap->sharings.nr, 2);
	CHECK_EQ(libshare_rows_at(&snap->sharings, 0)->sharers, 1);
	CHECK_EQ(libshare_rows_at(&snap->sharings, 1)->pages, 2);
	libshare_snapshot_free(snap);
}

/* Thirds add up to a whole, however many: no byte is lost to rounding. */
static void test_pss_whole(void)
{
	struct libshare_snapshot *snap = make(WANT_ALL, 1, 7);

	for (int i = 0; i < 7; i++) {
		map(snap, 0, i, 0);
		for (int table = 0; table < 7; table++) {
			leaf_begin(table * 512, table);
			leaf_file(0, 512);
			account();
		}
	}
	CHECK_EQ(libshare_finish(snap), 0);
	for (int i = 0; i < 7; i++)
		CHECK_EQ(libshare_share_bytes(&libshare_process_at(snap, i)->pss), 512 * 4096);
	libshare_snapshot_free(snap);
}

static void test_copies(void)
{
	struct libshare_snapshot *snap = make(WANT_ALL, 2, 3);
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
		account();
	}
	/* The same frame in another library is another copy; KSM, held twice by 2. */
	for (int i = 0; i < 2; i++) {
		map(snap, 1, 2, i);
		leaf_begin(0, 0);
		leaf_odd(5, LIBSHARE_ENTRY_COPY_KSM, 100);
		account();
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
	CHECK_EQ(libshare_share_bytes(&libshare_mapping_at(snap, 0)->pss), 2048);
	CHECK_EQ(libshare_mapping_at(snap, 2)->cow_shared, 0);
	CHECK_EQ(libshare_share_bytes(&libshare_mapping_at(snap, 2)->pss), 8192);
	CHECK_EQ(libshare_mapping_at(snap, 3)->cow_shared, 0);
	CHECK_EQ(libshare_process_at(snap, 2)->private, 3);
	CHECK_EQ(libshare_share_bytes(&libshare_process_at(snap, 2)->pss), 3 * 4096);
	CHECK_EQ(libshare_process_at(snap, 0)->private, 0);
	CHECK_EQ(snap->cost.special_ptes, 3);
	CHECK_EQ(page_of(lib, 5).copies, 3);
	libshare_snapshot_free(snap);
}

static void test_migrating(void)
{
	struct libshare_snapshot *snap = make(WANT_ALL, 1, 2);
	struct libshare_library *lib = libshare_library_at(snap, 0);

	for (int i = 0; i < 2; i++) {
		map(snap, 0, i, 0);
		leaf_begin(0, 0);
		leaf_file(3, 1);
		leaf_odd(3, LIBSHARE_ENTRY_MIGRATING, 7);
		account();
	}
	CHECK_EQ(libshare_finish(snap), 0);
	CHECK_EQ(lib->rss, 2);
	CHECK_EQ(lib->mapped, 1);
	CHECK_EQ(lib->mapcount_max, 0);
	CHECK_EQ(page_of(lib, 3).mappings, 0);
	CHECK_EQ(page_of(lib, 3).sharers, 2);
	CHECK_EQ(libshare_share_bytes(&libshare_mapping_at(snap, 0)->pss), 2048);
	libshare_snapshot_free(snap);
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
		account();
	}
	/* A huge PMD has no table. */
	leaf_begin(512, 9);
	leaf.has_table = false;
	leaf_file(0, 512);
	account();
	CHECK_EQ(libshare_finish(snap), 0);
	CHECK_EQ(libshare_library_at(snap, 0)->tables, 2);
	CHECK_EQ(libshare_library_at(snap, 1)->tables, 1);
	CHECK_EQ(libshare_process_at(snap, 0)->tables, 2);
	CHECK_EQ(libshare_process_at(snap, 0)->libs, 2);
	CHECK_EQ(libshare_library_at(snap, 0)->rss, 512);
	libshare_snapshot_free(snap);
}

static struct libshare_cgroup *cgroup_at(struct libshare_snapshot *snap, u32 i)
{
	return libshare_rows_at(&snap->cgroups, i);
}

/* Charge pages of block @block_nr of a library, which are cached from then on. */
static int charge(struct libshare_snapshot *snap, u32 library, u64 block_nr, u64 pages, int cgroup)
{
	struct libshare_library *lib = libshare_library_at(snap, library);
	struct libshare_block *block = libshare_pages_make(&lib->pages, block_nr, &snap->memory);
	struct libshare_charge *charge;

	if (!block || libshare_rows_reserve(&snap->charges, 1, &snap->memory))
		return -ENOMEM;
	block->cached |= pages;
	if (cgroup < 0)
		return 0;
	charge = libshare_rows_add(&snap->charges);
	charge->block = block;
	charge->pages = pages;
	charge->cgroup = cgroup_at(snap, cgroup);
	charge->library = library;
	return 0;
}

/* Group 0 pays for what group 1 uses; both use what no group pays for; group 2 only pays. */
static void test_uses(void)
{
	struct libshare_snapshot *snap = make(LIBSHARE_WANT_ROWS | LIBSHARE_WANT_CGROUPS, 1, 3);
	const struct libshare_use *use;

	for (int i = 0; i < 3; i++) {
		libshare_process_at(snap, i)->cgroup = cgroup_at(snap, i > 0);
		map(snap, 0, i, 0);
		leaf_begin(0, 0);
		/* Process 0 of group 0: pages 0, 1; processes 1 and 2 of group 1: 1 to 5. */
		leaf_file(i ? 1 : 0, i ? 5 : 2);
		/* One copy for all, one for both of group 1, and one for each. */
		leaf_odd(60, LIBSHARE_ENTRY_COPY, 100);
		if (i)
			leaf_odd(61, LIBSHARE_ENTRY_COPY, 101);
		leaf_odd(62, LIBSHARE_ENTRY_COPY, 102 + i);
		leaf_odd(63, LIBSHARE_ENTRY_SWAP, 0);
		account();
	}
	/* Process 2 maps pages 1 and 2 once more, and has a copy that is known to be alone. */
	map(snap, 0, 2, 1);
	leaf_begin(0, 0);
	leaf_file(1, 2);
	leaf_alone(59);
	account();
	charge(snap, 0, 0, 0x0f, 0);	/* pages 0 to 3 */
	charge(snap, 0, 0, 0x10, 1);	/* page 4 */
	charge(snap, 0, 0, 0x60, -1);	/* pages 5 (mapped) and 6 (not): no group pays */
	charge(snap, 0, 1, 0x03, 2);
	CHECK_EQ(libshare_finish(snap), 0);

	CHECK_EQ(snap->uses.nr, 4);
	use = libshare_rows_at(&snap->uses, 0);
	CHECK(use->cgroup == cgroup_at(snap, 0));
	CHECK_EQ(use->procs, 1);
	CHECK_EQ(use->rss, 2);
	CHECK_EQ(use->mapped, 2);
	CHECK_EQ(use->charged, 4);
	CHECK_EQ(use->lent, 2);
	CHECK_EQ(use->borrowed, 0);
	CHECK_EQ(use->idle, 0);
	CHECK_EQ(use->private, 1 + 1);
	CHECK_EQ(use->cow, 2);
	CHECK_EQ(use->cow_unique, 2);
	CHECK_EQ(use->swap, 1);
	use = libshare_rows_at(&snap->uses, 1);
	CHECK(use->cgroup == cgroup_at(snap, 1));
	CHECK_EQ(use->procs, 2);
	CHECK_EQ(use->rss, 10);
	CHECK_EQ(use->mapped, 5);
	CHECK_EQ(use->charged, 1);
	CHECK_EQ(use->lent, 0);
	CHECK_EQ(use->borrowed, 4);
	CHECK_EQ(use->idle, 0);
	CHECK_EQ(use->private, 4 + 4);
	CHECK_EQ(use->cow, 7);
	CHECK_EQ(use->cow_unique, 5);
	CHECK_EQ(use->swap, 2);
	/* Page 1 for three of four entries, the others whole; copies: two thirds, 1, 3. */
	CHECK_EQ(libshare_share_bytes(&use->pss),
		 (u64)(4096 * (3. / 4 + 1 + 3 + 2. / 3 + 1 + 3)));
	use = libshare_rows_at(&snap->uses, 2);
	CHECK(use->cgroup == cgroup_at(snap, 2));
	CHECK_EQ(use->procs, 0);
	CHECK_EQ(use->mapped, 0);
	CHECK_EQ(use->charged, 2);
	CHECK_EQ(use->idle, 2);
	use = libshare_rows_at(&snap->uses, 3);
	CHECK(!use->cgroup);
	CHECK_EQ(use->charged, 2);
	CHECK_EQ(use->lent, 1);
	CHECK_EQ(use->idle, 1);
	CHECK_EQ(use->borrowed, 0);
	libshare_snapshot_free(snap);
}

/* Where processes have no group, all is lumped together. */
static void test_no_groups(void)
{
	struct libshare_snapshot *snap = make(LIBSHARE_WANT_ROWS | LIBSHARE_WANT_CGROUPS, 2, 1);
	const struct libshare_use *use;

	charge(snap, 0, 0, 7, -1);
	map(snap, 0, 0, 0);
	leaf_begin(0, 0);
	leaf_file(0, 2);
	account();
	CHECK_EQ(libshare_finish(snap), 0);
	CHECK_EQ(snap->uses.nr, 1);
	use = libshare_rows_at(&snap->uses, 0);
	CHECK(!use->cgroup);
	CHECK_EQ(use->mapped, 2);
	CHECK_EQ(use->charged, 3);
	CHECK_EQ(use->idle, 1);
	CHECK_EQ(use->lent, 0);
	CHECK_EQ(use->borrowed, 0);
	CHECK_EQ(use->private, 2);
	libshare_snapshot_free(snap);
}

/* Counts of a library that no process maps any more, and of one with gaps. */
static void test_cached(void)
{
	struct libshare_snapshot *snap = make(LIBSHARE_WANT_PAGES, 2, 1);
	struct libshare_library *lib = libshare_library_at(snap, 1);
	static const u64 far = 1ULL << 40;

	libshare_pages_make(&lib->pages, 0, &snap->memory)->cached = 2;
	libshare_pages_make(&lib->pages, far / 64, &snap->memory)->cached = 1;
	map(snap, 1, 0, 0);
	leaf_begin(far, 0);
	leaf_file(0, 1);
	account();
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
	libshare_snapshot_free(snap);
}

static void set_buildid(struct libshare_snapshot *snap, struct libshare_library *lib, u8 len,
			u8 last)
{
	if (!len)
		return;
	lib->buildid = libshare_memory_alloc(&snap->memory, len);
	lib->buildid_len = len;
	lib->buildid[len - 1] = last;
}

/* Pages 0-3 in three files of one build ID, page 9 in one of them only. */
static void test_duplicates(void)
{
	struct libshare_snapshot *snap = make(0, 5, 1);

	for (int i = 0; i < 5; i++) {
		struct libshare_library *lib = libshare_library_at(snap, i);

		set_buildid(snap, lib, i < 4 ? 20 : 0, i == 3);
		libshare_pages_make(&lib->pages, 0, &snap->memory)->cached = i == 1 ? 0x20f : 0xf;
	}
	/* One more with the same build ID, but nothing of it is cached. */
	set_buildid(snap, add_library(snap), 20, 0);
	CHECK_EQ(libshare_finish(snap), 0);
	CHECK_EQ(snap->totals.duplicated, 8);
	for (int i = 0; i < 6; i++)
		CHECK_EQ(libshare_library_at(snap, i)->duplicate, i < 3);
	libshare_snapshot_free(snap);
}

/* One step of the random test: a mapping with pages, to model and module. */
static int random_mapping(struct libshare_snapshot *snap, u32 process, u32 library)
{
	u64 first = 64 * (rand() % 3);
	static u64 alone;
	u32 seen[41] = { 0 };
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
		if (!(rand() % 8) && !seen[40 - pos]++) {
			/* A copy in a frame of its own */
			leaf_alone(40 - pos);
			model_copy(first + 40 - pos, 1000 + alone++);
		}
	}
	return account();
}

/* Charge what the model has mapped, and more, to groups at random. */
static int random_charges(struct libshare_snapshot *snap)
{
	int err = 0;

	for (u32 library = 0; library < MODEL_LIBRARIES && !err; library++) {
		for (u64 i = 0; i < MODEL_PAGES && !err; i++) {
			int cgroup = rand() % (MODEL_CGROUPS + 1) - 1;

			if (!model_maps(library, i) && rand() % 4)
				continue;
			/* Pages that came late are charged to no known group. */
			if (model_maps(library, i) && !(rand() % 8))
				continue;
			err = charge(snap, library, i / 64, 1ULL << i % 64, cgroup);
			model_charge(library, i, cgroup);
		}
	}
	return err;
}

static int random_run(unsigned int seed, unsigned int want)
{
	struct libshare_snapshot *snap;
	int err;

	srand(seed);
	model_reset();
	snap = make(want, MODEL_LIBRARIES, MODEL_PROCESSES);
	if (!snap)
		return -ENOMEM;
	for (u32 process = 0; process < MODEL_PROCESSES; process++) {
		for (int i = 0; i < MODEL_MAPPINGS; i++) {
			err = random_mapping(snap, process, rand() % MODEL_LIBRARIES);
			if (err)
				goto out;
		}
	}
	for (u32 process = 0; process < MODEL_PROCESSES; process++)
		libshare_process_at(snap, process)->cgroup =
			cgroup_at(snap, model_cgroup(process));
	err = random_charges(snap);
	if (err)
		goto out;
	err = libshare_finish(snap);
	if (!err && want)
		model_compare(snap);
	else if (!err)
		model_compare_libraries(snap);
out:
	libshare_snapshot_free(snap);
	return err;
}

static void test_random(void)
{
	for (unsigned int seed = 1; seed <= 200 && !check_failed; seed++) {
		CHECK_EQ(random_run(seed, WANT_ALL), 0);
		CHECK_EQ(random_run(seed, 0), 0);
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
		err = random_run(1, WANT_ALL);
		CHECK(!err || err == -ENOMEM);
	} while (err && n < 10000);
	kernel_fail_after = -1;
	CHECK(n > 20 && n < 10000);
}

/* A budget that is too small at any point: as if memory were short. */
static void test_budget(void)
{
	u64 most;

	CHECK_EQ(kernel_param_memory_max->set("4096", NULL), -EINVAL);
	CHECK_EQ(kernel_param_memory_max->set("none", NULL), -EINVAL);
	CHECK_EQ(kernel_param_memory_max->set("2M\n", NULL), 0);
	struct libshare_snapshot *snap = make(WANT_ALL, 1, 1);

	CHECK_EQ(snap->memory.max, 2 << 20);
	most = snap->memory.used;
	map(snap, 0, 0, 0);
	for (u64 block = 0; block < 100000; block++) {
		leaf_begin(block * 64, 0);
		leaf_file(0, 1);
		if (account())
			break;
		CHECK(snap->memory.used <= snap->memory.max);
		most = snap->memory.used;
	}
	CHECK(most > (2 << 20) - 4096);
	libshare_snapshot_free(snap);
	CHECK_EQ(kernel_param_memory_max->set("0", NULL), 0);
	snap = make(WANT_ALL, 1, 1);
	CHECK_EQ(snap->memory.max, totalram_pages() * PAGE_SIZE / 16);
	libshare_snapshot_free(snap);
}

int main(void)
{
	if (libshare_pages_setup() || libshare_snapshot_setup())
		return 1;
	test("sharers, mappings and PSS of pages mapped twice and across blocks", test_sharers);
	test("PSS loses no byte to rounding", test_pss_whole);
	test("copies: alone, shared, merged, in two libraries, swapped out", test_copies);
	test("an entry under migration is resident, but no mapping", test_migrating);
	test("page tables count once for a library and once for a process", test_tables);
	test("cached pages, mapped or not, near and far", test_cached);
	test("control groups: which pay, which use, what is alone", test_uses);
	test("no control groups at all", test_no_groups);
	test("one build ID, several files: what is cached again", test_duplicates);
	test("200 random machines agree with the plain model", test_random);
	test("every allocation fails once", test_no_memory);
	test("a scan stays within memory_max", test_budget);
	libshare_snapshot_teardown();
	libshare_pages_teardown();
	return test_end();
}
