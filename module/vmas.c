// SPDX-License-Identifier: GPL-2.0-only
/*
 * Walking the VMAs of an address space: the only file that takes mmap_lock.
 *
 * Lock order, outermost first; nothing here is ever taken the other way round:
 *
 *	scan_mutex (scan.c), held by the reader while his scan runs, for his workers as well
 *	  i_mmap_rwsem of one file for reading, only tried	(mappers.c)
 *	    rcu_read_lock					(pagecache.c)
 *	  mmap_lock for reading					(vmas.c)
 *	    rcu_read_lock					(pagewalk.c)
 *	      page-table lock of one PTE or PMD table		(pagewalk.c)
 *	  rcu_read_lock						(pagecache.c, process.c)
 *	    task_lock						(process.c)
 *
 * Nothing is allocated and no path is looked up under any of them but
 * scan_mutex. The hold of mmap_lock ends after LOCK_BUDGET page-table pages or
 * VMAs, or sooner when somebody waits for it; that of a page-table lock, after the
 * one table; that of an i_mmap_rwsem, with preemption off, after the list of the file's
 * VMAs and LIBSHARE_LIBRARY_STEPS blocks of its page cache, or after the 64 VMAs or the
 * block in hand when somebody waits for it or for the CPU.
 */
#include <linux/delay.h>
#include <linux/ktime.h>
#include <linux/moduleparam.h>
#include <linux/pgtable.h>
#include <linux/sched/signal.h>

#include "snapshot.h"
#include "vmas.h"

/* 64 tables of 512 entries; fewer, where larger pages make larger tables. */
#define LOCK_BUDGET (PTRS_PER_PTE < 32768 ? 32768 / PTRS_PER_PTE : 1)

static unsigned int lock_wait_ms = 100;

static int set_lock_wait(const char *text, const struct kernel_param *kp)
{
	unsigned int ms;
	int err = kstrtouint(text, 0, &ms);

	if (!err && ms > 10000)
		err = -ERANGE;
	if (err) {
		pr_err("libshare: lock_wait_ms must be a number from 0 to 10000\n");
		return err;
	}
	WRITE_ONCE(lock_wait_ms, ms);
	return 0;
}

static const struct kernel_param_ops lock_wait_ops = {
	.set = set_lock_wait,
	.get = param_get_uint,
};

module_param_cb(lock_wait_ms, &lock_wait_ops, &lock_wait_ms, 0644);
MODULE_PARM_DESC(lock_wait_ms,
		 "Milliseconds to wait for a process's mmap_lock before it is skipped (100)");

/*
 * A task that holds its mmap_lock for writing may sleep for ever (think of a
 * dead file server), so the lock is tried and never waited for in its queue.
 * Who was begun is not given up as soon as who was not: half of a process is
 * worth less than none.
 */
static int wait_for_mmap_lock(struct libshare_vmas *walk)
{
	u64 limit = (walk->addr ? 10 : 1) * READ_ONCE(lock_wait_ms) * (u64)NSEC_PER_MSEC;
	u64 since = ktime_get_ns();
	unsigned long step = 20;

	walk->cost->mmap_lock_waits++;
	do {
		if (fatal_signal_pending(walk->reader))
			return -EINTR;
		if (ktime_get_ns() - since >= limit)
			return -EAGAIN;
		usleep_range(step, step * 2);
		step = min(step * 2, 5000UL);
	} while (!mmap_read_trylock(walk->mm));
	return 0;
}

static int lock_mmap(struct libshare_vmas *walk)
{
	if (!mmap_read_trylock(walk->mm)) {
		int err = wait_for_mmap_lock(walk);

		if (err)
			return err;
	}
	walk->mmap_locked = true;
	walk->locked_at = ktime_get_ns();
	walk->budget = LOCK_BUDGET;
	vma_iter_init(&walk->vmi, walk->mm, walk->addr);
	return 0;
}

/**
 * libshare_vmas_unlock() - Let go of the lock in hand, if any.
 * @walk: The walk; it has no VMA afterwards and goes on at its address.
 *
 * Context: Process context.
 */
void libshare_vmas_unlock(struct libshare_vmas *walk)
{
	struct libshare_cost *cost = walk->cost;

	if (walk->mmap_locked) {
		cost->mmap_lock_hold_max_ns = max(cost->mmap_lock_hold_max_ns,
						  ktime_get_ns() - walk->locked_at);
		mmap_read_unlock(walk->mm);
		walk->mmap_locked = false;
	}
	walk->vma = NULL;
	walk->pmdp = NULL;
}

/**
 * libshare_vmas_begin() - Start a walk at address 0.
 * @walk: The walk.
 * @mm: The address space; the caller keeps the structure alive.
 * @snap: The snapshot of the scan, where locks and waits are counted.
 *
 * Context: Process context, may sleep.
 * Return: 0, or -ESRCH when the address space is gone. After 0, the caller
 * must call libshare_vmas_end().
 */
int libshare_vmas_begin(struct libshare_vmas *walk, struct mm_struct *mm,
			struct libshare_snapshot *snap)
{
	if (!mmget_not_zero(mm))
		return -ESRCH;
	memset(walk, 0, sizeof(*walk));
	walk->mm = mm;
	walk->cost = &snap->cost;
	walk->reader = snap->reader;
	return 0;
}

/**
 * libshare_vmas_end() - End a walk: unlock, and let the address space go.
 * @walk: The walk.
 *
 * Context: Process context. If the process has died meanwhile, the kernel
 * tears its address space down later, in a context of its own.
 */
void libshare_vmas_end(struct libshare_vmas *walk)
{
	libshare_vmas_unlock(walk);
	mmput_async(walk->mm);
}

/**
 * libshare_vmas_note_yield() - Count that a lock was let go for somebody.
 * @walk: The walk.
 *
 * Context: Any.
 */
void libshare_vmas_note_yield(struct libshare_vmas *walk)
{
	walk->yielded = true;
	walk->cost->mmap_lock_yields++;
}

/**
 * libshare_vmas_lock_next() - The same as libshare_vmas_next(), under a new lock.
 * @walk: The walk; a lock that it holds is let go.
 *
 * Context: Process context, may sleep.
 * Return: As libshare_vmas_next().
 */
int libshare_vmas_lock_next(struct libshare_vmas *walk)
{
	int err;

	libshare_vmas_unlock(walk);
	/* Who is woken for the lock takes longer to come than who only goes on. */
	if (walk->yielded)
		usleep_range(20, 40);
	else
		cond_resched();
	walk->yielded = false;
	if (fatal_signal_pending(walk->reader))
		return -EINTR;

	err = lock_mmap(walk);
	if (err)
		return err;
	walk->vma = vma_next(&walk->vmi);
	return walk->vma ? 1 : 0;
}
