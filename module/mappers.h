/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_MAPPERS_H
#define LIBSHARE_MAPPERS_H

#include <linux/mm_types.h>
#include <linux/types.h>

struct address_space;

bool libshare_mappers_are(struct address_space *mapping, u64 nr, u64 sum);

/*
 * A VMA as a number, to tell sets of them by their sums: this VMA of this
 * process. A mm_struct's address means one process while the scan keeps it
 * pinned. There may be very many of them, so it is cheap to make.
 */
static inline u64 libshare_mappers_key(const struct vm_area_struct *vma)
{
	return ((u64)vma ^ 0x9e3779b97f4a7c15ULL) * (u64)vma->vm_mm;
}

#endif
