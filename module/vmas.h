/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_VMAS_H
#define LIBSHARE_VMAS_H

#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/types.h>

#include "compat.h"

struct libshare_cost;
struct libshare_snapshot;

/*
 * A walk over the VMAs of one address space. Between libshare_vmas_next() and
 * the next call of any function here, @vma is locked and cannot change; the
 * walk goes on at @addr, which the caller moves.
 */
struct libshare_vmas {
	struct mm_struct *mm;
	struct vm_area_struct *vma;
	unsigned long addr;
	struct libshare_cost *cost;
	struct task_struct *reader;	/* whose death ends the walk */

	struct vma_iterator vmi;
	/* The PMD that was looked up last; NULL once the lock was let go. */
	pmd_t *pmdp;
	unsigned long pmd_addr;	/* where its range begins */

	bool mmap_locked;
	bool yielded;		/* the lock was let go for somebody, who is to have it now */
	u64 locked_at;		/* ns */
	unsigned int budget;	/* VMAs and page tables before the lock is let go */
};

int libshare_vmas_begin(struct libshare_vmas *walk, struct mm_struct *mm,
			struct libshare_snapshot *snap);
int libshare_vmas_lock_next(struct libshare_vmas *walk);
void libshare_vmas_note_yield(struct libshare_vmas *walk);
void libshare_vmas_unlock(struct libshare_vmas *walk);
void libshare_vmas_end(struct libshare_vmas *walk);

/**
 * libshare_vmas_should_yield() - Is it time to let go of the lock?
 * @walk: The walk, with a VMA in hand. Each call stands for one more VMA or
 *	page table that was looked at.
 *
 * Context: Process context.
 * Return: true when the caller should call libshare_vmas_unlock() and go on
 * from the walk's address with libshare_vmas_next().
 */
static inline bool libshare_vmas_should_yield(struct libshare_vmas *walk)
{
	if (walk->budget)
		walk->budget--;
	if (unlikely(mmap_lock_is_contended(walk->mm))) {
		libshare_vmas_note_yield(walk);
		return true;
	}
	return !walk->budget || need_resched();
}

/**
 * libshare_vmas_next() - Go to the first VMA that ends behind the address.
 * @walk: The walk. Its address may lie within the VMA: a part that was
 *	walked before the lock was let go.
 *
 * This is the step that a scan takes most often, so it stands here to be
 * inlined.
 *
 * Context: Process context, may sleep; the VMA that was in hand is let go.
 * Return: 1 with the walk's vma locked, 0 at the end, -EINTR when the reader
 * was killed, -EAGAIN when the lock could not be had in time.
 */
static inline int libshare_vmas_next(struct libshare_vmas *walk)
{
	if (!walk->mmap_locked || libshare_vmas_should_yield(walk))
		return libshare_vmas_lock_next(walk);
	walk->vma = vma_next(&walk->vmi);
	return walk->vma ? 1 : 0;
}

#endif
