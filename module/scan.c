// SPDX-License-Identifier: GPL-2.0-only
/*
 * One scan, in order:
 *
 *	1. list the address spaces				process.c, cgroup.c
 *	2. walk the VMAs of each (vmas.c, wait.c); read the	files.c, executable.c,
 *	   page tables of those that map a library; count	pagewalk.c, account.c
 *	3. read the name and the page cache of each library	library.c, pagecache.c,
 *								charges.c
 *	4. work out what depends on all of it			finish.c and its kind
 *
 * A process whose mmap_lock is not free is deferred: the others come first. Scans run
 * one at a time, each under scan_mutex, in the time of the reader that opened a file.
 */
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/mutex.h>
#include <linux/nodemask.h>
#include <linux/slab.h>
#include <linux/timex.h>

#include "account.h"
#include "library.h"
#include "process.h"
#include "scan.h"
#include "stats.h"
#include "vmas.h"

/* How long a deferred process is waited for in the first round; then twice as long. */
#define PATIENCE_NS (20 * NSEC_PER_MSEC)

static DEFINE_MUTEX(scan_mutex);
static u64 generation;			/* guarded by scan_mutex */

struct scan {
	struct libshare_snapshot *snap;
	struct libshare_cgroups cgroups;
	struct libshare_files files;
	struct libshare_charges charges;
	struct libshare_wait wait;
	struct libshare_account acct;
	struct libshare_leaf *leaf;
	u64 *cached_by_node;
	u32 *deferred;			/* indices of processes */
	u32 nr_deferred;
};

static u8 perms_of(const struct vm_area_struct *vma)
{
	return (vma->vm_flags & VM_READ ? LIBSHARE_PERM_READ : 0) |
	       (vma->vm_flags & VM_WRITE ? LIBSHARE_PERM_WRITE : 0) |
	       (vma->vm_flags & VM_EXEC ? LIBSHARE_PERM_EXEC : 0) |
	       (vma->vm_flags & VM_MAYSHARE ? LIBSHARE_PERM_SHARED : 0);
}

/* Does the walk resume inside the VMA it was in when the lock was dropped? */
static bool resumes(const struct libshare_account *acct, const struct libshare_vmas *walk,
		    const struct libshare_library *lib)
{
	return walk->addr > walk->vma->vm_start && acct->lib == lib &&
	       acct->map->start == walk->vma->vm_start && acct->map->pgoff == walk->vma->vm_pgoff;
}

static int begin_vma(struct scan *scan, struct libshare_vmas *walk, struct libshare_library *lib)
{
	struct libshare_account *acct = &scan->acct;
	struct vm_area_struct *vma = walk->vma;

	if (!resumes(acct, walk, lib)) {
		/* If it is another VMA than before, what lies before the address was counted. */
		walk->addr = max(walk->addr, vma->vm_start);
		if (libshare_account_vma(acct, lib, walk->addr,
					 linear_page_index(vma, walk->addr)))
			return -ENOMEM;
		scan->snap->cost.vmas++;
	}
	acct->map->end = vma->vm_end;
	acct->map->perms = perms_of(vma);
	if (vma->vm_flags & VM_EXEC) {
		unsigned long code = READ_ONCE(walk->mm->start_code);

		if (vma->vm_start <= code && code < vma->vm_end)
			lib->exe = true;
	}
	return 0;
}

/* Count a table. The lock is dropped if something must be allocated for that. */
static int account(struct scan *scan, struct libshare_vmas *walk)
{
	int err;

	if (!libshare_account_leaf(&scan->acct, scan->leaf))
		return 0;
	libshare_vmas_unlock(walk);
	err = libshare_account_make_room(&scan->acct, scan->leaf);
	return err ?: libshare_account_leaf(&scan->acct, scan->leaf);
}

/* Walk a VMA of a library, until its end or until the lock was dropped. */
static int walk_library(struct scan *scan, struct libshare_vmas *walk, struct libshare_library *lib)
{
	struct libshare_snapshot *snap = scan->snap;
	unsigned long end = walk->vma->vm_end;
	int err;

	if ((snap->want & LIBSHARE_WANT_ROWS) && !libshare_rows_have_room(&snap->mappings, 1)) {
		libshare_vmas_unlock(walk);
		return libshare_rows_reserve(&snap->mappings, LIBSHARE_HOLD_UNITS, &snap->memory);
	}
	err = begin_vma(scan, walk, lib);
	while (!err && walk->vma && walk->addr < end) {
		if (libshare_pagewalk_next(walk, scan->leaf))
			err = account(scan, walk);
		if (walk->vma && walk->addr < end && libshare_vmas_should_yield(walk))
			libshare_vmas_unlock(walk);
	}
	return err;
}

static int walk_vma(struct scan *scan, struct libshare_vmas *walk)
{
	struct vm_area_struct *vma = walk->vma;
	struct libshare_file *file;

	if (!vma->vm_file || !libshare_files_can_be_library(vma)) {
		scan->snap->cost.passed_over_vmas += vma->vm_file &&
						     libshare_files_passes_over(vma);
		walk->addr = vma->vm_end;
		return 0;
	}
	file = libshare_files_find(&scan->files, walk);
	if (!file || (!file->lib && (vma->vm_flags & VM_EXEC)))
		return libshare_files_meet(&scan->files, walk);
	if (file->lib)
		return walk_library(scan, walk, file->lib);
	walk->addr = vma->vm_end;
	return 0;
}

/* Walk all VMAs of a process: 0, or what libshare_vmas_next() says, or -ENOMEM. */
static int walk_vmas(struct scan *scan, u32 process, u64 patience_ns, bool *begun)
{
	struct libshare_vmas walk;
	int err = libshare_vmas_begin(&walk, libshare_process_at(scan->snap, process)->mm,
				      &scan->wait, patience_ns);

	if (err)
		return err;
	libshare_account_process(&scan->acct, process);
	while ((err = libshare_vmas_next(&walk)) > 0) {
		err = walk_vma(scan, &walk);
		if (err)
			break;
	}
	*begun = walk.begun;
	libshare_vmas_end(&walk);
	return err;
}

/* Walk a process, or defer it, or skip it: 0, -ENOMEM or -EINTR. */
static int walk_process(struct scan *scan, u32 process, u64 patience_ns)
{
	struct libshare_process *proc = libshare_process_at(scan->snap, process);
	bool begun = false;
	int err = walk_vmas(scan, process, patience_ns, &begun);

	if (err == -EAGAIN && !begun) {
		scan->deferred[scan->nr_deferred++] = process;
		return 0;
	}
	if (err == -EAGAIN || err == -E2BIG || err == -ESRCH) {
		libshare_process_skip(scan->snap, proc,
				      err == -EAGAIN ? LIBSHARE_SKIP_STUCK :
				      err == -E2BIG ? LIBSHARE_SKIP_TOO_LONG :
				      LIBSHARE_SKIP_EXITED);
		err = 0;
	}
	libshare_process_unpin(proc);
	return err;
}

/* Rounds over the deferred processes, with more patience each, until the budget is used up. */
static int walk_deferred(struct scan *scan)
{
	u64 patience = PATIENCE_NS;
	u32 nr, i;
	int err = 0;

	for (; scan->nr_deferred && !err; patience *= 2) {
		bool last = !scan->wait.left_ns;

		nr = scan->nr_deferred;
		scan->nr_deferred = 0;
		for (i = 0; i < nr && !err; i++)
			err = walk_process(scan, scan->deferred[i], patience);
		if (last)
			break;
	}
	for (i = 0; i < scan->nr_deferred && !err; i++)
		libshare_process_skip(scan->snap,
				      libshare_process_at(scan->snap, scan->deferred[i]),
				      LIBSHARE_SKIP_STUCK);
	return err;
}

static int walk_processes(struct scan *scan)
{
	struct libshare_snapshot *snap = scan->snap;
	size_t size = snap->processes.nr * sizeof(*scan->deferred);
	int err = 0;
	u64 i;

	scan->deferred = libshare_memory_alloc(&snap->memory, size);
	if (!scan->deferred)
		return -ENOMEM;
	for (i = 0; i < snap->processes.nr && !err; i++) {
		err = walk_process(scan, i, 0);
		cond_resched();
	}
	if (!err)
		err = walk_deferred(scan);
	libshare_memory_free(&snap->memory, scan->deferred, size);
	return err;
}

static int read_libraries(struct scan *scan)
{
	struct libshare_memory *memory = &scan->snap->memory;
	char *buf = libshare_memory_alloc(memory, LIBSHARE_LIBRARY_PATH_BYTES);
	struct libshare_charges *charges = NULL;
	int err = buf ? 0 : -ENOMEM;
	u64 i;

	libshare_charges_begin(&scan->charges, &scan->cgroups);
	if ((scan->snap->want & LIBSHARE_WANT_CGROUPS) && scan->charges.cgroups)
		charges = &scan->charges;
	for (i = 0; i < scan->snap->libraries.nr && !err; i++)
		err = libshare_library_read(scan->snap, libshare_library_at(scan->snap, i), buf,
					    scan->cached_by_node, charges);
	libshare_memory_free(memory, buf, LIBSHARE_LIBRARY_PATH_BYTES);
	return err;
}

static int walk_and_read(struct scan *scan)
{
	struct libshare_snapshot *snap = scan->snap;
	int err = libshare_processes_collect(snap, &scan->cgroups);
	u64 i;

	if (!err) {
		err = libshare_files_begin(&scan->files, snap);
		if (!err) {
			err = walk_processes(scan);
			libshare_files_end(&scan->files);
		}
	}
	for (i = 0; i < snap->processes.nr; i++) {
		libshare_process_unpin(libshare_process_at(snap, i));
		cond_resched();
	}
	return err ?: read_libraries(scan);
}

static int run_phases(struct scan *scan)
{
	int err = libshare_cgroups_begin(&scan->cgroups, scan->snap);

	if (!err) {
		err = walk_and_read(scan);
		libshare_cgroups_end(&scan->cgroups);
	}
	return err ?: libshare_finish(scan->snap);
}

/* Turn the cycles of the page-table locks into the scan's measure of time. */
static void settle_holds(struct libshare_cost *cost, u64 cycles)
{
	u64 hold = min(cost->pte_lock_hold_max_cycles, cycles), per_cycle;

	if (!cycles)
		return;
	per_cycle = div64_u64(cost->scan_ns << 16, cycles);
	cost->pte_lock_hold_max_ns = mul_u64_u64_shr(hold, per_cycle, 16);
}

static int run_scan(struct scan *scan)
{
	struct libshare_snapshot *snap = scan->snap;
	u64 begun = ktime_get_ns();
	cycles_t cycles = get_cycles();
	int err;

	lockdep_assert_held(&scan_mutex);
	snap->time_ns = ktime_get_real_ns();
	libshare_wait_begin(&scan->wait, &snap->cost);
	libshare_account_begin(&scan->acct, snap);
	err = run_phases(scan);
	if (err)
		return err;
	snap->generation = ++generation;
	snap->cost.processes = snap->processes.nr - libshare_skipped(&snap->cost);
	libshare_snapshot_trim(snap);
	snap->cost.scan_ns = ktime_get_ns() - begun;
	settle_holds(&snap->cost, get_cycles() - cycles);
	libshare_stats_note(snap, scan->cached_by_node);
	return 0;
}

/* Allocate what one scan needs beside its snapshot, and run it. */
static int make_scan(struct libshare_snapshot *snap)
{
	struct scan *scan = kzalloc(sizeof(*scan), LIBSHARE_GFP);
	int err = -ENOMEM;

	if (!scan)
		return -ENOMEM;
	scan->snap = snap;
	scan->leaf = kvzalloc(sizeof(*scan->leaf), LIBSHARE_GFP);
	scan->cached_by_node = kvcalloc(nr_node_ids, sizeof(u64), LIBSHARE_GFP);
	if (scan->leaf && scan->cached_by_node)
		err = run_scan(scan);
	kvfree(scan->cached_by_node);
	kvfree(scan->leaf);
	kfree(scan);
	return err;
}

/**
 * libshare_scan() - Scan the machine.
 * @want: LIBSHARE_WANT_* beyond the libraries themselves.
 *
 * Context: May sleep; no locks held.
 * Return: A finished snapshot, for libshare_snapshot_free(), or ERR_PTR(): -ENOMEM, or
 * -EINTR if the caller was killed.
 */
struct libshare_snapshot *libshare_scan(unsigned int want)
{
	struct libshare_snapshot *snap;
	int err;

	if (mutex_lock_killable(&scan_mutex))
		return ERR_PTR(-EINTR);
	snap = libshare_snapshot_new(want);
	err = snap ? make_scan(snap) : -ENOMEM;
	mutex_unlock(&scan_mutex);
	if (!err)
		return snap;
	if (snap)
		libshare_snapshot_free(snap);
	return ERR_PTR(err);
}
