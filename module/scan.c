// SPDX-License-Identifier: GPL-2.0-only
/*
 * One scan: tasks → address spaces → VMAs → page tables → accounts, in order.
 *
 *	1. collect the address spaces			process.c
 *	2. census: walk all VMAs for executable files	this file, vmas.c
 *	3. read each library's name and page cache	library.c, pagecache.c
 *	4. walk the page tables of all their VMAs	this file, pagewalk.c, account.c
 *	5. work out what depends on all of it		finish.c
 *
 * Where libraries alone are wanted, survey.c does 2 to 4 in its own way.
 *
 * Scans run one at a time, each under scan_mutex.
 */
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/mutex.h>
#include <linux/nodemask.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/timex.h>

#include "account.h"
#include "finish.h"
#include "leaf.h"
#include "library.h"
#include "pagewalk.h"
#include "process.h"
#include "scan.h"
#include "snapshot.h"
#include "stats.h"
#include "survey.h"
#include "visit.h"
#include "vmas.h"

static DEFINE_MUTEX(scan_mutex);
static u64 generation;				/* under scan_mutex */
static atomic64_t scans_begun;
static atomic_t waiting;			/* openers that want scan_mutex */
static struct libshare_snapshot *latest;	/* for them; under scan_mutex */
static u64 latest_begun;			/* its number; under scan_mutex */

struct scan {
	struct libshare_snapshot *snap;
	struct libshare_library_index *index;
	struct libshare_leaf *leaf;
	u64 *cached_by_node;
};

static struct libshare_cost *cost_of(struct scan *scan)
{
	return &scan->snap->cost;
}

/* Census of one VMA: is its file a library that was not known? */
static int census_vma(void *context, struct libshare_vmas *walk, u32 process)
{
	struct scan *scan = context;
	struct libshare_vec *libraries = &scan->snap->libraries;
	unsigned long start_code = READ_ONCE(walk->mm->start_code);
	struct vm_area_struct *vma = walk->vma;
	struct libshare_library *lib;

	if ((vma->vm_flags & VM_EXEC) && libshare_library_can_be(vma)) {
		lib = libshare_library_find(scan->index, vma);
		if (!lib && !libshare_vec_has_room(libraries, 1)) {
			libshare_vmas_unlock(walk);
			return libshare_vec_reserve(libraries, 1);
		}
		if (!lib)
			lib = libshare_library_hold(scan->index, vma);
		lib->exe |= vma->vm_start <= start_code && start_code < vma->vm_end;
	}
	walk->addr = vma->vm_end;
	return 0;
}

static u8 perms_of(const struct vm_area_struct *vma)
{
	return (vma->vm_flags & VM_READ ? LIBSHARE_PERM_READ : 0) |
	       (vma->vm_flags & VM_WRITE ? LIBSHARE_PERM_WRITE : 0) |
	       (vma->vm_flags & VM_EXEC ? LIBSHARE_PERM_EXEC : 0) |
	       (vma->vm_flags & VM_MAYSHARE ? LIBSHARE_PERM_SHARED : 0);
}

/*
 * Begin the row of a VMA, or go on with it when this is the part of it that
 * was left when the lock was let go.
 */
static int begin_mapping(struct scan *scan, struct libshare_vmas *walk, u32 process, u32 library)
{
	struct libshare_vec *mappings = &scan->snap->mappings;
	struct vm_area_struct *vma = walk->vma;
	unsigned long start = vma->vm_start;

	if (walk->addr > start && mappings->nr) {
		struct libshare_mapping *last = libshare_mapping_at(scan->snap, mappings->nr - 1);

		if (last->process == process && last->library == library &&
		    last->start == start && last->pgoff == vma->vm_pgoff) {
			last->end = vma->vm_end;
			return 0;
		}
		/* Another VMA than the one that was left: what lies before was counted. */
		start = walk->addr;
	}
	walk->addr = start;
	cost_of(scan)->vmas++;
	return libshare_account_mapping(scan->snap, &(struct libshare_mapping) {
		.start = start,
		.end = vma->vm_end,
		.pgoff = linear_page_index(vma, start),
		.process = process,
		.library = library,
		.perms = perms_of(vma),
	});
}

/* Read the tables of a VMA, until its end or until the lock should go. */
static int walk_tables(struct scan *scan, struct libshare_vmas *walk)
{
	unsigned long end = walk->vma->vm_end;

	while (walk->addr < end) {
		if (libshare_pagewalk_next(walk, scan->leaf) &&
		    libshare_account_leaf(scan->snap, scan->leaf)) {
			libshare_vmas_unlock(walk);
			if (libshare_account_make_room(scan->snap, scan->leaf) ||
			    libshare_account_leaf(scan->snap, scan->leaf))
				return -ENOMEM;
		}
		if (!walk->vma)
			return 0;
		if (walk->addr < end && libshare_vmas_should_yield(walk)) {
			libshare_vmas_unlock(walk);
			return 0;
		}
	}
	return 0;
}

static int walk_vma(void *context, struct libshare_vmas *walk, u32 process)
{
	struct scan *scan = context;
	struct libshare_snapshot *snap = scan->snap;
	struct vm_area_struct *vma = walk->vma;
	struct libshare_library *lib = NULL;
	int err;

	if (libshare_library_can_be(vma))
		lib = libshare_library_find(scan->index, vma);
	else
		cost_of(scan)->passed_over_vmas += libshare_library_passes_over(vma);
	if (!lib) {
		walk->addr = vma->vm_end;
		return 0;
	}
	if (!libshare_vec_has_room(&snap->mappings, 1)) {
		libshare_vmas_unlock(walk);
		return libshare_vec_reserve(&snap->mappings, 1);
	}
	err = begin_mapping(scan, walk, process, lib->number);
	if (err)
		return err;
	return walk_tables(scan, walk);
}

static int read_libraries(struct scan *scan)
{
	char *buf = kvmalloc(LIBSHARE_LIBRARY_PATH_BYTES, LIBSHARE_GFP);
	int err = buf ? 0 : -ENOMEM;
	u64 i;

	for (i = 0; i < scan->snap->libraries.nr && !err; i++) {
		struct libshare_library *lib = libshare_library_at(scan->snap, i);

		err = libshare_library_name(lib, buf);
		if (err)
			break;
		libshare_library_describe(lib);
		err = libshare_library_count_rest(scan->snap, lib, 0, scan->cached_by_node);
		if (!err)
			libshare_library_release(lib);
	}
	kvfree(buf);
	return err;
}

/* Phases 2 to 4, where rows or pages are wanted. */
static int scan_all(struct scan *scan)
{
	int err = libshare_visit(scan->snap, census_vma, scan);

	if (!err)
		err = read_libraries(scan);
	if (!err)
		err = libshare_visit(scan->snap, walk_vma, scan);
	cost_of(scan)->walked_libraries = scan->snap->libraries.nr;
	cost_of(scan)->workers = 1;
	return err;
}

static int run_phases(struct scan *scan)
{
	struct libshare_snapshot *snap = scan->snap;
	int err = libshare_processes_collect(snap);
	u64 i;

	if (!err && (snap->want & LIBSHARE_WANT_ALL))
		err = scan_all(scan);
	else if (!err)
		err = libshare_survey(snap, scan->index, scan->leaf, scan->cached_by_node);
	for (i = 0; i < snap->processes.nr; i++)
		libshare_process_unpin(libshare_process_at(snap, i));
	if (!err)
		err = libshare_finish(scan->snap);
	return err;
}

/* The page-table locks' cycles in the measure of the scan's. */
static void settle_holds(struct libshare_cost *cost, u64 cycles)
{
	u64 hold = min(cost->pte_lock_hold_max_cycles, cycles), per_cycle;

	if (!cycles)
		return;
	per_cycle = div64_u64(cost->scan_ns << 16, cycles);
	cost->pte_lock_hold_max_ns = mul_u64_u64_shr(hold, per_cycle, 16);
}

static int run_scan(struct libshare_snapshot *snap)
{
	struct scan scan = { .snap = snap };
	u64 begun = ktime_get_ns();
	cycles_t cycles = get_cycles();
	int err = -ENOMEM;

	lockdep_assert_held(&scan_mutex);
	snap->time_ns = ktime_get_real_ns();
	scan.index = kvzalloc(sizeof(*scan.index), LIBSHARE_GFP);
	scan.leaf = kvmalloc(sizeof(*scan.leaf), LIBSHARE_GFP);
	scan.cached_by_node = kvcalloc(nr_node_ids, sizeof(u64), LIBSHARE_GFP);
	if (!scan.index || !scan.leaf || !scan.cached_by_node)
		goto out;

	scan.index->libraries = &snap->libraries;
	scan.leaf->count_alone = !(snap->want & LIBSHARE_WANT_ALL);
	err = run_phases(&scan);
	if (err)
		goto out;
	snap->generation = ++generation;
	snap->cost.processes = snap->processes.nr - snap->cost.skipped_processes;
	libshare_snapshot_trim(snap);
	snap->cost.scan_ns = ktime_get_ns() - begun;
	settle_holds(&snap->cost, get_cycles() - cycles);
	libshare_stats_note(snap, scan.cached_by_node);
out:
	kvfree(scan.cached_by_node);
	kvfree(scan.leaf);
	kvfree(scan.index);
	return err;
}

/* A snapshot that was begun after @asked, if another opener has left one. */
static struct libshare_snapshot *take_latest(unsigned int want, u64 asked)
{
	lockdep_assert_held(&scan_mutex);
	if (!latest || latest_begun <= asked || (latest->want & want) != want)
		return NULL;
	libshare_snapshot_get(latest);
	return latest;
}

/* Leave a snapshot to those who wait, or NULL. */
static void set_latest(struct libshare_snapshot *snap, u64 begun)
{
	lockdep_assert_held(&scan_mutex);
	if (latest)
		libshare_snapshot_put(latest);
	if (snap)
		libshare_snapshot_get(snap);
	latest = snap;
	latest_begun = begun;
}

/*
 * Forget the snapshot once nobody waits who could share it. Whoever stops
 * waiting calls this, without the mutex: the last one finds it free, or its
 * holder comes here next.
 */
static void drop_latest(void)
{
	/* Either we see who waits, or he sees the mutex free. */
	smp_mb();
	if (atomic_read(&waiting) || !mutex_trylock(&scan_mutex))
		return;
	set_latest(NULL, 0);
	mutex_unlock(&scan_mutex);
}

/**
 * libshare_scan() - Scan the machine, or share a scan that began after now.
 * @want: LIBSHARE_WANT_* beyond the libraries themselves.
 *
 * Context: Process context, may sleep; no locks held.
 * Return: A finished snapshot whose reference is the caller's, or ERR_PTR():
 * -ENOMEM, or -EINTR when the caller was killed.
 */
struct libshare_snapshot *libshare_scan(unsigned int want)
{
	struct libshare_snapshot *snap;
	u64 asked, begun;
	int err;

	/* What the caller did before must be seen by a scan that it may share. */
	smp_mb();
	asked = atomic64_read(&scans_begun);
	atomic_inc(&waiting);
	err = mutex_lock_killable(&scan_mutex);
	atomic_dec(&waiting);
	if (err) {
		drop_latest();
		return ERR_PTR(-EINTR);
	}

	snap = take_latest(want, asked);
	if (snap)
		goto out;
	begun = atomic64_inc_return(&scans_begun);
	snap = libshare_snapshot_new(want);
	if (!snap) {
		snap = ERR_PTR(-ENOMEM);
		goto out;
	}
	err = run_scan(snap);
	set_latest(err ? NULL : snap, begun);
	if (err) {
		libshare_snapshot_put(snap);
		snap = ERR_PTR(err);
	}
out:
	mutex_unlock(&scan_mutex);
	drop_latest();
	return snap;
}

/**
 * libshare_scan_teardown() - Free what waiting openers might have shared.
 *
 * Context: Process context, at module unload: no file is open any more.
 */
void libshare_scan_teardown(void)
{
	mutex_lock(&scan_mutex);
	set_latest(NULL, 0);
	mutex_unlock(&scan_mutex);
}
