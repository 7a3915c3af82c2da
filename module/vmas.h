/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_VMAS_H
#define LIBSHARE_VMAS_H

#include <linux/hrtimer.h>
#include <linux/mm.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/types.h>

#include "compat.h"

struct libshare_cost;
struct libshare_file;

/* VMAs and page tables of a hold: 64 tables of 512 entries, fewer where they are larger. */
#define LIBSHARE_HOLD_UNITS (PTRS_PER_PTE < 32768 ? 32768 / PTRS_PER_PTE : 1)

/* All waiting of one scan draws on one budget: wait.c. */
struct libshare_wait {
	u64 left_ns;
	struct libshare_cost *cost;
	struct hrtimer timer;		/* ends the queueing of @reader */
	struct task_struct *reader;
};

/* While a lock of the kernel's is held, the task keeps the CPU. See vmas.c. */
static inline void libshare_keep_cpu(void)
{
	if (!IS_ENABLED(CONFIG_PREEMPT_RT))
		preempt_disable();
}

static inline void libshare_release_cpu(void)
{
	if (!IS_ENABLED(CONFIG_PREEMPT_RT))
		preempt_enable();
}

void libshare_wait_begin(struct libshare_wait *wait, struct libshare_cost *cost);
int libshare_wait_for_mmap_lock(struct libshare_wait *wait, struct mm_struct *mm, u64 limit_ns);
int libshare_wait_pause(struct libshare_wait *wait, unsigned int tries);

/*
 * A walk over the VMAs of one address space. Between libshare_vmas_next() and the
 * next call of any function here, @vma cannot change; the walk continues at @addr,
 * which the caller moves. While the lock is held, the task keeps the CPU.
 */
struct libshare_vmas {
	struct mm_struct *mm;
	struct vm_area_struct *vma;	/* NULL: the lock is not held */
	unsigned long addr;
	struct libshare_cost *cost;
	struct libshare_wait *wait;
	u64 patience_ns;		/* for the first lock */

	struct vma_iterator vmi;
	/* What was looked up last, each NULL once the lock was dropped: a file, */
	const struct file *vm_file;
	struct libshare_file *file;	/* what it is (files.c), */
	/* and a PMD. */
	pmd_t *pmdp;
	unsigned long pmd_addr;		/* where its range begins */

	bool locked;
	bool begun;			/* the lock was held before */
	bool yielded;			/* the lock was dropped for a waiter */
	u64 locked_at;			/* ns */
	u64 waited_ns;			/* for the lock; it may be held for as long */
	unsigned int units;		/* VMAs and page tables of this hold */
	unsigned long counted_to;	/* VMAs up to this address were counted */
	long vmas_left;			/* before the walk is given up */
};

int libshare_vmas_begin(struct libshare_vmas *walk, struct mm_struct *mm,
			struct libshare_wait *wait, u64 patience_ns);
int libshare_vmas_lock_next(struct libshare_vmas *walk);
void libshare_vmas_unlock(struct libshare_vmas *walk);
void libshare_vmas_note_yield(struct libshare_vmas *walk);
bool libshare_vmas_held_long(const struct libshare_vmas *walk);
void libshare_vmas_end(struct libshare_vmas *walk);

/**
 * libshare_vmas_should_yield() - Check whether to drop the lock before more work.
 * @walk: The walk. Each call stands for one more VMA or page table.
 *
 * Return: true if the caller should call libshare_vmas_unlock() and continue with
 * libshare_vmas_next().
 */
static inline bool libshare_vmas_should_yield(struct libshare_vmas *walk)
{
	if (unlikely(walk->waited_ns))
		return libshare_vmas_held_long(walk) || need_resched();
	if (unlikely(mmap_lock_is_contended(walk->mm))) {
		libshare_vmas_note_yield(walk);
		return true;
	}
	return ++walk->units >= LIBSHARE_HOLD_UNITS || need_resched();
}

/* Go to the next VMA; one that comes again after the lock was dropped counts once. */
static inline int libshare_vmas_take_next(struct libshare_vmas *walk)
{
	walk->vma = vma_next(&walk->vmi);
	if (!walk->vma)
		return 0;
	if (walk->vma->vm_end > walk->counted_to) {
		walk->counted_to = walk->vma->vm_end;
		walk->vmas_left--;
	}
	return 1;
}

/**
 * libshare_vmas_next() - Go to the first VMA that ends behind the address.
 * @walk: The walk. Its address may lie within the VMA: a part that was walked before
 *	the lock was dropped.
 *
 * Inlined, because a scan takes no step more often.
 *
 * Context: May sleep; the VMA in hand is lost.
 * Return: 1 with the lock held and the walk's vma set, 0 at the end, -EINTR if the
 * reader was killed, -EAGAIN if the lock was not to be had in time, -E2BIG if the
 * process maps faster than the scan can walk.
 */
static inline int libshare_vmas_next(struct libshare_vmas *walk)
{
	if (!walk->locked || libshare_vmas_should_yield(walk))
		return libshare_vmas_lock_next(walk);
	return libshare_vmas_take_next(walk);
}

#endif
