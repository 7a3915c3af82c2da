/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_MAPPERS_H
#define LIBSHARE_MAPPERS_H

#include <linux/mm_types.h>
#include <linux/types.h>

struct address_space;

bool libshare_mappers_are(struct address_space *mapping, u64 nr, u64 sum);

/*
 * A VMA as a number, to tell sets of them by their sums: who maps what where.
 * A mm_struct's address means one process while the scan keeps it pinned.
 */
static inline u64 libshare_mappers_key(const struct vm_area_struct *vma)
{
	u64 key = (u64)vma->vm_mm;

	key = (key ^ vma->vm_start) * 0x9e3779b97f4a7c15ULL;
	key = (key ^ key >> 32 ^ vma->vm_end) * 0xbf58476d1ce4e5b9ULL;
	return (key ^ key >> 32 ^ vma->vm_pgoff) * 0x94d049bb133111ebULL;
}

#endif
