/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_MAPPERS_H
#define LIBSHARE_MAPPERS_H

#include <linux/mm.h>
#include <linux/types.h>

struct address_space;

bool libshare_mappers_hold(struct address_space *mapping, u64 nr, u64 sum);
void libshare_mappers_release(struct address_space *mapping);

/*
 * A VMA as a number, to tell sets of them by their sums: this VMA of this
 * process, and which pages of the file it maps, since mremap() and mmap() let
 * a VMA grow where it is. A mm_struct's address means one process while the
 * scan keeps it pinned. There may be very many of them, so it is cheap to make.
 *
 * Context: The VMA is locked, or its file's i_mmap_rwsem is held: the range of
 * a file's VMA changes under both only (vma_prepare() in mm/vma.c).
 */
static inline u64 libshare_mappers_key(struct vm_area_struct *vma)
{
	u64 pages = vma->vm_pgoff * 0xc2b2ae3d27d4eb4fULL + vma_pages(vma);
	u64 key = ((u64)vma ^ pages) * 0x9e3779b97f4a7c15ULL;

	return (key ^ key >> 32) * (u64)vma->vm_mm;
}

#endif
