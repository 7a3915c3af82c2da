// SPDX-License-Identifier: GPL-2.0-only
/*
 * VMA → file → library: which files are mapped, and which of them are libraries.
 *
 * A file is a library if some process maps it executable. When a VMA of a file is met
 * for the first time, the other VMAs of the file answer that (executable.c), so that
 * one pass over all processes is enough.
 */
#include <linux/file.h>
#include <linux/hash.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>

#include "library.h"

/* VMAs behind the one in hand that are asked before the kernel's list is. */
#define NEIGHBOURS 8

static struct kmem_cache *file_cache;

static u32 hash_identity(const void *data, u32 len, u32 seed)
{
	const struct libshare_identity *id = data;

	return hash_64((u64)id->inode + seed, 32);
}

static const struct rhashtable_params table_params = {
	.key_len = sizeof(struct libshare_identity),
	.key_offset = offsetof(struct libshare_file, id),
	.head_offset = offsetof(struct libshare_file, node),
	.hashfn = hash_identity,
};

/**
 * libshare_files_setup() - Create the cache; once, at module load.
 *
 * Return: 0 or -ENOMEM.
 */
int libshare_files_setup(void)
{
	file_cache = kmem_cache_create("libshare_file", sizeof(struct libshare_file), 0,
				       SLAB_ACCOUNT, NULL);
	return file_cache ? 0 : -ENOMEM;
}

/**
 * libshare_files_teardown() - Undo libshare_files_setup(). No scan runs any more.
 */
void libshare_files_teardown(void)
{
	kmem_cache_destroy(file_cache);
}

/**
 * libshare_files_begin() - Start with no file known.
 * @files: The files of a scan.
 * @snap: Its snapshot, which gets the libraries.
 *
 * Return: 0 or -ENOMEM. After 0, the caller must call libshare_files_end().
 */
int libshare_files_begin(struct libshare_files *files, struct libshare_snapshot *snap)
{
	memset(files, 0, sizeof(*files));
	files->snap = snap;
	return rhashtable_init(&files->table, &table_params) ? -ENOMEM : 0;
}

static void free_file(void *file, void *snap)
{
	libshare_memory_cache_free(&((struct libshare_snapshot *)snap)->memory, file_cache, file);
}

/**
 * libshare_files_end() - Forget the files; the snapshot keeps the libraries.
 * @files: The files of a scan.
 *
 * Context: May sleep.
 */
void libshare_files_end(struct libshare_files *files)
{
	rhashtable_free_and_destroy(&files->table, free_file, files->snap);
}

static const struct inode *vma_inode(const struct vm_area_struct *vma)
{
	return vma->vm_file->f_mapping->host;
}

static bool is_regular(const struct inode *inode)
{
	return inode && S_ISREG(inode->i_mode) && !IS_PRIVATE(inode);
}

/* Pages of such mappings are not in the page cache, or have no struct page to trust. */
static bool is_special(const struct vm_area_struct *vma)
{
	return (vma->vm_flags & (VM_HUGETLB | VM_PFNMAP | VM_IO)) || IS_DAX(vma_inode(vma));
}

/**
 * libshare_files_passes_over() - Check for a VMA of a regular file that is not looked at.
 * @vma: A VMA of a file.
 *
 * Context: mmap_lock is held.
 * Return: true for a mapping of hugetlb, DAX, VM_PFNMAP or VM_IO.
 */
bool libshare_files_passes_over(const struct vm_area_struct *vma)
{
	return vma->vm_file->f_mapping && is_regular(vma_inode(vma)) && is_special(vma);
}

/**
 * libshare_files_can_be_library() - Check whether the file of a VMA can be a library.
 * @vma: A VMA of a file.
 *
 * Context: mmap_lock is held.
 * Return: true for a regular file that is not the kernel's own, unless the VMA is one
 * to pass over.
 */
bool libshare_files_can_be_library(const struct vm_area_struct *vma)
{
	return vma->vm_file->f_mapping && is_regular(vma_inode(vma)) && !is_special(vma);
}

static struct libshare_identity identify(const struct inode *inode)
{
	return (struct libshare_identity) {
		.inode = inode,
		.ino = inode->i_ino,
		.dev = inode->i_sb->s_dev,
		.i_generation = inode->i_generation,
	};
}

/**
 * libshare_files_find() - Find the file that the VMA in hand maps.
 * @files: The files of the scan.
 * @walk: The walk. The file of its VMA can be a library.
 *
 * Context: mmap_lock is held.
 * Return: The file, or NULL if it was not met before.
 */
struct libshare_file *libshare_files_find(struct libshare_files *files,
					  struct libshare_vmas *walk)
{
	const struct file *vm_file = walk->vma->vm_file;
	struct libshare_identity id;

	/* Most often the VMAs of a library lie one behind another. */
	if (walk->vm_file != vm_file) {
		id = identify(vma_inode(walk->vma));
		walk->file = rhashtable_lookup_fast(&files->table, &id, table_params);
		walk->vm_file = vm_file;
	}
	return walk->file;
}

/* Ask those in the same process first: that takes no lock. */
static bool neighbour_is_executable(const struct libshare_vmas *walk)
{
	const struct vm_area_struct *vma = walk->vma, *next = vma;
	int i;

	for (i = 0; i < NEIGHBOURS && (next = find_vma(walk->mm, next->vm_end)); i++) {
		if (!next->vm_file || next->vm_file->f_mapping != vma->vm_file->f_mapping)
			return false;
		if (next->vm_flags & VM_EXEC)
			return true;
	}
	return false;
}

/* 1: a library; 0: not; -EAGAIN: not to be found out just now. */
static int is_library(const struct libshare_vmas *walk)
{
	if ((walk->vma->vm_flags & VM_EXEC) || neighbour_is_executable(walk))
		return 1;
	return libshare_file_is_executable(walk->vma->vm_file->f_mapping);
}

static struct libshare_file *add_file(struct libshare_files *files,
				      const struct libshare_identity *id)
{
	struct libshare_memory *memory = &files->snap->memory;
	struct libshare_file *file;

	file = rhashtable_lookup_fast(&files->table, id, table_params);
	if (file)
		return file;
	file = libshare_memory_cache_alloc(memory, file_cache);
	if (!file)
		return NULL;
	file->id = *id;
	if (!rhashtable_insert_fast(&files->table, &file->node, table_params))
		return file;
	libshare_memory_cache_free(memory, file_cache, file);
	return NULL;
}

/* Make a file known; as a library if its @held file is not NULL, which is consumed. */
static int add(struct libshare_files *files, const struct libshare_identity *id,
	       struct file *held)
{
	struct libshare_file *file = add_file(files, id);
	struct libshare_library *lib;

	if (!file)
		goto no_memory;
	if (!held)
		return 0;
	lib = libshare_snapshot_add_library(files->snap);
	if (!lib)
		goto no_memory;
	lib->file = held;
	lib->dev = id->dev;
	lib->ino = id->ino;
	file->lib = lib;
	return 0;

no_memory:
	if (held)
		fput(held);
	return -ENOMEM;
}

/**
 * libshare_files_meet() - Find out about the file of the VMA in hand.
 * @files: The files of the scan.
 * @walk: The walk. Its file was not met before, or its VMA is the first executable one
 *	that was met. The lock is dropped; the VMA comes again.
 *
 * Where tasks map and unmap a file without pause, its list of VMAs cannot be read. If
 * the budget of waiting is used up as well, the file does not count as a library
 * until an executable VMA of it is met.
 *
 * Context: May sleep.
 * Return: 0 or -ENOMEM.
 */
int libshare_files_meet(struct libshare_files *files, struct libshare_vmas *walk)
{
	struct libshare_identity id = identify(vma_inode(walk->vma));
	int library = is_library(walk);
	struct file *held = library > 0 ? get_file(walk->vma->vm_file) : NULL;

	libshare_vmas_unlock(walk);
	if (library < 0 && !libshare_wait_pause(walk->wait, files->tries++))
		return 0;
	walk->cost->undecided_files += library < 0;
	files->tries = 0;
	return add(files, &id, held);
}
