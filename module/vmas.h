/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_VMAS_H
#define LIBSHARE_VMAS_H

#include <linux/types.h>

#include "compat.h"

struct libshare_cost;

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

	struct vma_iterator vmi;
	/* The PMD that was looked up last; NULL once the lock was let go. */
	pmd_t *pmdp;
	unsigned long pmd_addr;	/* where its range begins */

	bool mmap_locked;
	bool vma_locked;
	u64 locked_at;		/* ns */
	unsigned int budget;	/* VMAs and page tables before the lock is let go */
};

int libshare_vmas_begin(struct libshare_vmas *walk, struct mm_struct *mm,
			struct libshare_cost *cost);
int libshare_vmas_next(struct libshare_vmas *walk);
bool libshare_vmas_should_yield(struct libshare_vmas *walk);
void libshare_vmas_unlock(struct libshare_vmas *walk);
void libshare_vmas_end(struct libshare_vmas *walk);

#endif
