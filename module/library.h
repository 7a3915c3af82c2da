/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_LIBRARY_H
#define LIBSHARE_LIBRARY_H

#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/types.h>

struct libshare_library;
struct libshare_snapshot;
struct libshare_vec;

#define LIBSHARE_LIBRARY_HASH_BITS 13

/* d_path() gives up when a path does not fit; deeper ones than PATH_MAX are real. */
#define LIBSHARE_LIBRARY_PATH_BYTES (8 * PATH_MAX)

/* Blocks of 64 pages, 8 MiB of a file, that are counted without a pause. */
#define LIBSHARE_LIBRARY_STEPS 32

/* Finds the library of a VMA; lives as long as the scan. */
struct libshare_library_index {
	struct libshare_vec *libraries;
	struct libshare_library *last;	/* the answer before, very often the next one */
	u32 slot[1 << LIBSHARE_LIBRARY_HASH_BITS];	/* 1 + index of the first of a slot */
};

/* Pages of VM_PFNMAP and VM_IO mappings have no struct page to trust. */
static inline bool libshare_library_is_special(const struct vm_area_struct *vma)
{
	return vma->vm_flags & (VM_HUGETLB | VM_PFNMAP | VM_IO);
}

bool libshare_library_can_be(const struct vm_area_struct *vma);
bool libshare_library_passes_over(const struct vm_area_struct *vma);
struct libshare_library *libshare_library_find(struct libshare_library_index *index,
					       const struct vm_area_struct *vma);
struct libshare_library *libshare_library_find_same(struct libshare_library_index *index,
						    const struct libshare_library *other);
struct libshare_library *libshare_library_take(struct libshare_library_index *index,
					       struct libshare_library *other);
struct libshare_library *libshare_library_add(struct libshare_library_index *index,
					      const struct vm_area_struct *vma);
struct libshare_library *libshare_library_hold(struct libshare_library_index *index,
					       const struct vm_area_struct *vma);
int libshare_library_name(struct libshare_library *lib, char *buf);
void libshare_library_describe(struct libshare_library *lib);
int libshare_library_count(struct libshare_snapshot *snap, struct libshare_library *lib,
			   unsigned long *index, u64 *cached_by_node);
int libshare_library_count_rest(struct libshare_snapshot *snap, struct libshare_library *lib,
				unsigned long index, u64 *cached_by_node);
void libshare_library_release(struct libshare_library *lib);

#endif
