// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which files are libraries, and what is read of a file itself: its identity,
 * its name and its page cache.
 *
 * A library's file is held from when it is found until its page cache was
 * read, before any page table is. After that its inode may go at any moment:
 * it is only compared, together with device, number and generation, which a
 * new inode at the same address does not share.
 */
#include <linux/dcache.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/rwsem.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "buildid.h"
#include "compat.h"
#include "library.h"
#include "pagecache.h"
#include "snapshot.h"
#include "tally.h"
#include "text.h"

static const struct inode *vma_inode(const struct vm_area_struct *vma)
{
	return vma->vm_file->f_mapping->host;
}

static bool is_file_vma(const struct vm_area_struct *vma)
{
	const struct inode *inode;

	if (!vma->vm_file || !vma->vm_file->f_mapping)
		return false;
	inode = vma_inode(vma);
	return inode && S_ISREG(inode->i_mode) && !IS_PRIVATE(inode);
}

/**
 * libshare_library_passes_over() - Is this a file VMA that is not looked at?
 * @vma: A VMA.
 *
 * Pages of hugetlb and DAX mappings are not in the page cache page by page,
 * and those of VM_PFNMAP and VM_IO mappings have no struct page to trust.
 *
 * Context: The VMA is locked.
 * Return: true for such a VMA of a regular file.
 */
bool libshare_library_passes_over(const struct vm_area_struct *vma)
{
	return is_file_vma(vma) && (libshare_library_is_special(vma) ||
				    IS_DAX(vma_inode(vma)));
}

/**
 * libshare_library_can_be() - Can the file of a VMA be a library?
 * @vma: A VMA.
 *
 * Context: The VMA is locked.
 * Return: true for regular files that are not the kernel's own, unless the
 * VMA is one to pass over.
 */
bool libshare_library_can_be(const struct vm_area_struct *vma)
{
	return is_file_vma(vma) && !libshare_library_passes_over(vma);
}

static bool is_same(const struct libshare_library *a, const struct libshare_library *b)
{
	return a->inode == b->inode && a->ino == b->ino && a->dev == b->dev &&
	       a->i_generation == b->i_generation;
}

static bool is_inode_of(const struct libshare_library *lib, const struct inode *inode)
{
	return lib->inode == inode && lib->ino == inode->i_ino &&
	       lib->dev == inode->i_sb->s_dev && lib->i_generation == inode->i_generation;
}

/**
 * libshare_library_find() - Find the library that a VMA maps.
 * @index: The index of the scan's libraries.
 * @vma: A VMA for which libshare_library_can_be() holds.
 *
 * Context: The VMA is locked. Allocates nothing.
 * Return: The library, or NULL when its file is none (or not a known one).
 */
struct libshare_library *libshare_library_find(struct libshare_library_index *index,
					       const struct vm_area_struct *vma)
{
	const struct inode *inode = vma_inode(vma);
	u32 i;

	if (index->last && is_inode_of(index->last, inode))
		return index->last;
	i = index->slot[hash_ptr(inode, LIBSHARE_LIBRARY_HASH_BITS)];
	while (i) {
		struct libshare_library *lib = libshare_vec_at(index->libraries, i - 1);

		if (is_inode_of(lib, inode)) {
			index->last = lib;
			return lib;
		}
		i = lib->hash_next;
	}
	return NULL;
}

/**
 * libshare_library_find_same() - Find the library that one of another index is.
 * @index: The index of the scan's libraries.
 * @other: A library, or a file that may be one, that another index knows.
 *
 * Context: Any.
 * Return: The library, or NULL when it is none in @index.
 */
struct libshare_library *libshare_library_find_same(struct libshare_library_index *index,
						    const struct libshare_library *other)
{
	u32 i = index->slot[hash_ptr(other->inode, LIBSHARE_LIBRARY_HASH_BITS)];

	while (i) {
		struct libshare_library *lib = libshare_vec_at(index->libraries, i - 1);

		if (is_same(lib, other))
			return lib;
		i = lib->hash_next;
	}
	return NULL;
}

static struct libshare_library *append(struct libshare_library_index *index,
				       const struct inode *inode)
{
	u32 *slot = &index->slot[hash_ptr(inode, LIBSHARE_LIBRARY_HASH_BITS)];
	struct libshare_library *lib = libshare_vec_push(index->libraries);

	lib->number = index->libraries->nr - 1;
	lib->inode = inode;
	lib->hash_next = *slot;
	*slot = index->libraries->nr;
	libshare_pages_init(&lib->pages);
	libshare_tally_init(lib);
	return lib;
}

/**
 * libshare_library_take() - Take a library over from another index.
 * @index: An index that does not know it yet; there must be room for one more.
 * @other: The library, which loses its file to the new one.
 *
 * Context: Any; allocates nothing.
 * Return: The new library. Nothing is counted for it.
 */
struct libshare_library *libshare_library_take(struct libshare_library_index *index,
					       struct libshare_library *other)
{
	struct libshare_library *lib = append(index, other->inode);

	lib->ino = other->ino;
	lib->dev = other->dev;
	lib->i_generation = other->i_generation;
	lib->found_in = other->found_in;
	lib->walked = other->walked;
	swap(lib->file, other->file);
	return lib;
}

/**
 * libshare_library_add() - Make the file of a VMA known.
 * @index: An index of files; there must be room for one more.
 * @vma: A VMA whose file is not in @index yet.
 *
 * Context: The VMA is locked. Allocates nothing.
 * Return: The file as a library, which it need not be.
 */
struct libshare_library *libshare_library_add(struct libshare_library_index *index,
					      const struct vm_area_struct *vma)
{
	const struct inode *inode = vma_inode(vma);
	struct libshare_library *lib = append(index, inode);

	lib->ino = inode->i_ino;
	lib->dev = inode->i_sb->s_dev;
	lib->i_generation = inode->i_generation;
	return lib;
}

/**
 * libshare_library_hold() - Make the file of a VMA a library, and hold it.
 * @index: The index of the scan's libraries; there must be room for one more.
 * @vma: A VMA whose file is not in @index yet.
 *
 * Context: The VMA is locked. Allocates nothing.
 * Return: The new library.
 */
struct libshare_library *libshare_library_hold(struct libshare_library_index *index,
					       const struct vm_area_struct *vma)
{
	struct libshare_library *lib = libshare_library_add(index, vma);

	lib->file = get_file(vma->vm_file);
	return lib;
}

/**
 * libshare_library_name() - Read the path.
 * @lib: A library that libshare_library_hold() made.
 * @buf: LIBSHARE_LIBRARY_PATH_BYTES to work in.
 *
 * d_path() marks what is unlinked with a word after the name, for which the
 * tables have a flag. Names made up by a file system of the kernel's own, a
 * memfd's for instance, have that word always.
 *
 * Context: The reader's own: it is the path as seen from his root. May sleep.
 * Return: 0 or -ENOMEM.
 */
int libshare_library_name(struct libshare_library *lib, char *buf)
{
	static const char mark[] = " (deleted)";
	const struct path *path = file_user_path(lib->file);
	const struct dentry *dentry = path->dentry;
	char *name = d_path(path, buf, LIBSHARE_LIBRARY_PATH_BYTES);
	size_t len;

	if (IS_ERR(name)) {
		name = buf;
		strscpy(buf, "-", LIBSHARE_LIBRARY_PATH_BYTES);
	}
	len = strlen(name);
	if (d_unlinked(dentry) || (dentry->d_op && dentry->d_op->d_dname)) {
		lib->unlinked = true;
		if (len >= sizeof(mark) - 1 && !strcmp(name + len - (sizeof(mark) - 1), mark))
			name[len - (sizeof(mark) - 1)] = '\0';
	}
	lib->path = libshare_text_escape(name);
	return lib->path ? 0 : -ENOMEM;
}

/* What is cached of 64 pages. */
static int note_resident(struct libshare_snapshot *snap, struct libshare_library *lib,
			 const struct libshare_resident *res, u64 *cached_by_node)
{
	struct libshare_block *block = NULL;
	struct libshare_bits *bits;
	u64 word = res->cached;

	if (libshare_vec_reserve(&snap->cached, 1))
		return -ENOMEM;
	bits = libshare_vec_push(&snap->cached);
	bits->block_nr = res->block_nr;
	bits->word = res->cached;
	lib->nr_cached++;
	if (snap->want & LIBSHARE_WANT_ALL) {
		block = libshare_pages_get(&lib->pages, res->block_nr);
		if (!block)
			return -ENOMEM;
	} else {
		libshare_tally_resident(lib, res);
	}
	for (; word; word &= word - 1) {
		unsigned int i = __ffs64(word);

		cached_by_node[res->nid[i]]++;
		if (!block)
			continue;
		block->page[i].cached = 1;
		block->page[i].mapcount = res->mapcount[i];
	}
	return 0;
}

/**
 * libshare_library_describe() - Read size and build ID.
 * @lib: A library that libshare_library_hold() made.
 *
 * Context: Process context, may sleep.
 */
void libshare_library_describe(struct libshare_library *lib)
{
	lib->size = i_size_read(lib->inode);
	lib->buildid_len = libshare_buildid_find(libshare_pagecache_copy, lib->file->f_mapping,
						 lib->buildid);
}

/**
 * libshare_library_count() - Count some more of the pages that are cached.
 * @snap: The snapshot of the scan.
 * @lib: A library that libshare_library_hold() made; no other one is counted
 *	before it has been counted to its end.
 * @index: How far it was counted, at first 0.
 * @cached_by_node: For each NUMA node the pages cached there, added to.
 *
 * Context: Process context, may sleep; takes a bounded time, and ends sooner when
 * somebody waits for the CPU or the file's i_mmap_rwsem, which the caller may hold. Where
 * neither rows nor pages are wanted, it neither sleeps nor allocates if the
 * snapshot's log of cached pages has room for LIBSHARE_LIBRARY_STEPS elements.
 * Return: 0 at the end, 1 when there may be more, or -ENOMEM.
 */
int libshare_library_count(struct libshare_snapshot *snap, struct libshare_library *lib,
			   unsigned long *index, u64 *cached_by_node)
{
	struct libshare_resident res;
	unsigned int i;
	int err;

	if (!*index)
		lib->first_cached = snap->cached.nr;
	for (i = 0; i < LIBSHARE_LIBRARY_STEPS; i++) {
		if (!libshare_pagecache_next(lib->file->f_mapping, index, &res))
			return 0;
		err = res.cached ? note_resident(snap, lib, &res, cached_by_node) : 0;
		if (err)
			return err;
		if (!*index)
			return 0;
		if (rwsem_is_contended(&lib->file->f_mapping->i_mmap_rwsem) || need_resched())
			break;
	}
	return 1;
}

/**
 * libshare_library_count_rest() - Count all pages that are cached, from @index on.
 * @snap: The snapshot of the scan.
 * @lib: As for libshare_library_count().
 * @index: As for libshare_library_count().
 * @cached_by_node: As for libshare_library_count().
 *
 * Context: Process context, may sleep; no lock but scan_mutex is held.
 * Return: 0, -ENOMEM, or -EINTR when the reader was killed.
 */
int libshare_library_count_rest(struct libshare_snapshot *snap, struct libshare_library *lib,
				unsigned long index, u64 *cached_by_node)
{
	int err;

	do {
		err = libshare_library_count(snap, lib, &index, cached_by_node);
		cond_resched();
		if (err >= 0 && fatal_signal_pending(snap->reader))
			err = -EINTR;
	} while (err > 0);
	return err;
}

/**
 * libshare_library_release() - Let the file go, once it has been counted.
 * @lib: The library.
 *
 * Context: Process context, may sleep; no lock that a file's release might
 * want.
 */
void libshare_library_release(struct libshare_library *lib)
{
	fput(lib->file);
	lib->file = NULL;
}
