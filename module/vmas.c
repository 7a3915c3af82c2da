// SPDX-License-Identifier: GPL-2.0-only
/*
 * Walking the VMAs of an address space. Only this file and wait.c take mmap_lock.
 *
 * Lock order, outermost first; no lock here is ever taken the other way round:
 *
 *	scan_mutex						(scan.c)
 *	  mmap_lock for reading					(vmas.c, wait.c)
 *	    i_mmap_rwsem for reading, only tried		(executable.c)
 *	    rcu_read_lock					(pagewalk.c)
 *	      page-table lock of one PTE or PMD table		(pagewalk.c)
 *	  rcu_read_lock						(pagecache.c, process.c)
 *	    task_lock						(process.c)
 *
 * Under all of them but scan_mutex nothing is allocated, no path is looked up, and
 * the task keeps the CPU: a reader that is scheduled away with another process's
 * lock would stop that process for as long. (Not so on PREEMPT_RT, where page-table
 * locks sleep.) A hold of mmap_lock ends after LIBSHARE_HOLD_UNITS page tables or
 * VMAs, or sooner if a task waits for the lock or for the CPU, but see
 * libshare_vmas_held_long(); a hold of a page-table
 * lock ends with the table; a hold of i_mmap_rwsem ends after 64 VMAs of the file if a
 * task waits for it or for the CPU.
 */
#include <linux/delay.h>
#include <linux/ktime.h>
#include <linux/pgtable.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>

#include "snapshot.h"
#include "vmas.h"

/* The longest hold, by need_resched() less, of a lock that had to be waited for. */
#define HOLD_NS_MAX (10 * NSEC_PER_MSEC)

static int lock_mmap(struct libshare_vmas *walk)
{
	walk->waited_ns = 0;
	libshare_keep_cpu();
	if (!mmap_read_trylock(walk->mm)) {
		/* Wait longer for a process that is half counted than for one not begun. */
		u64 limit = walk->begun ? walk->wait->left_ns / 2 : walk->patience_ns;
		u64 since = ktime_get_ns();
		int err;

		libshare_release_cpu();
		err = libshare_wait_for_mmap_lock(walk->wait, walk->mm, limit);
		if (err)
			return err;
		walk->waited_ns = min_t(u64, ktime_get_ns() - since, HOLD_NS_MAX);
	}
	mmap_assert_locked(walk->mm);
	walk->locked = true;
	walk->locked_at = ktime_get_ns();
	walk->units = 0;
	if (!walk->begun) {
		/*
		 * A process may map VMAs ahead of the walk without end. Twice as many as it
		 * has now lets the walk catch up with one that maps half as fast.
		 */
		walk->vmas_left = 2L * walk->mm->map_count + 1024;
		walk->begun = true;
	}
	vma_iter_init(&walk->vmi, walk->mm, walk->addr);
	return 0;
}

/**
 * libshare_vmas_unlock() - Drop the lock, if it is held.
 * @walk: The walk; it has no VMA afterwards and continues at its address.
 */
void libshare_vmas_unlock(struct libshare_vmas *walk)
{
	struct libshare_cost *cost = walk->cost;

	if (walk->locked) {
		cost->mmap_lock_hold_max_ns = max(cost->mmap_lock_hold_max_ns,
						  ktime_get_ns() - walk->locked_at);
		mmap_read_unlock(walk->mm);
		libshare_release_cpu();
		walk->locked = false;
	}
	walk->vma = NULL;
	walk->vm_file = NULL;
	walk->pmdp = NULL;
}

/**
 * libshare_vmas_begin() - Start a walk at address 0.
 * @walk: The walk.
 * @mm: The address space; the caller keeps the structure alive.
 * @wait: The scan's budget of waiting.
 * @patience_ns: How long to wait for the first lock; 0: only try it.
 *
 * Return: 0, or -ESRCH if the address space is gone. After 0, the caller must call
 * libshare_vmas_end().
 */
int libshare_vmas_begin(struct libshare_vmas *walk, struct mm_struct *mm,
			struct libshare_wait *wait, u64 patience_ns)
{
	if (!mmget_not_zero(mm))
		return -ESRCH;
	memset(walk, 0, sizeof(*walk));
	walk->mm = mm;
	walk->cost = wait->cost;
	walk->wait = wait;
	walk->patience_ns = patience_ns;
	return 0;
}

/**
 * libshare_vmas_end() - End a walk: drop the lock and the address space.
 * @walk: The walk.
 *
 * If the process has exited meanwhile, the kernel tears its address space down
 * later, in a context of its own.
 */
void libshare_vmas_end(struct libshare_vmas *walk)
{
	libshare_vmas_unlock(walk);
	mmput_async(walk->mm);
}

/**
 * libshare_vmas_note_yield() - Note that the lock is dropped for a waiter.
 * @walk: The walk.
 */
void libshare_vmas_note_yield(struct libshare_vmas *walk)
{
	walk->yielded = true;
	walk->cost->mmap_lock_yields++;
}

/**
 * libshare_vmas_held_long() - Check for the end of a hold that had to be waited for.
 * @walk: The walk.
 *
 * The threads of a process that map and unmap without pause always wait for its lock.
 * A walk that dropped the lock for each of them would never come to its end: it would
 * wait several milliseconds for each VMA (RWSEM_WAIT_TIMEOUT in kernel/locking/rwsem.c).
 * So it holds the lock for as long as it had to wait, and no longer than HOLD_NS_MAX.
 *
 * Return: true if the lock was held for long enough.
 */
bool libshare_vmas_held_long(const struct libshare_vmas *walk)
{
	return ktime_get_ns() - walk->locked_at >= walk->waited_ns;
}

/**
 * libshare_vmas_lock_next() - The same as libshare_vmas_next(), under a new lock.
 * @walk: The walk; a lock that it holds is dropped.
 *
 * Context: May sleep.
 * Return: As libshare_vmas_next().
 */
int libshare_vmas_lock_next(struct libshare_vmas *walk)
{
	int err;

	libshare_vmas_unlock(walk);
	/* A woken waiter needs longer than the running task; give it time to take the lock. */
	if (walk->yielded)
		usleep_range(20, 40);
	walk->yielded = false;
	err = libshare_pause();
	if (err)
		return err;
	if (walk->begun && walk->vmas_left <= 0)
		return -E2BIG;
	err = lock_mmap(walk);
	if (err)
		return err;
	return libshare_vmas_take_next(walk);
}
