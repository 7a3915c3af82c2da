// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether some process maps a file executable, as the kernel's own reverse mapping has
 * it: every VMA of the file, in whatever address space, is a node of its i_mmap tree.
 * The tree's interval searches are not exported, but its nodes are those of a
 * red-black tree.
 */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/rbtree.h>
#include <linux/rwsem.h>
#include <linux/sched.h>

#include "library.h"

/**
 * libshare_file_is_executable() - Check whether some process maps a file executable.
 * @mapping: The file's page cache, which a VMA in hand maps.
 *
 * A task that maps or unmaps the file meanwhile waits for at most 64 of its VMAs.
 *
 * Context: mmap_lock of an address space is held, and the task keeps the CPU.
 * Return: 1 or 0; -EAGAIN if that cannot be found out without making a task wait.
 */
int libshare_file_is_executable(struct address_space *mapping)
{
	unsigned int seen = 0;
	struct rb_node *node;
	int found = 0;

	if (!down_read_trylock(&mapping->i_mmap_rwsem))
		return -EAGAIN;
	for (node = rb_first_cached(&mapping->i_mmap); node && !found; node = rb_next(node)) {
		struct vm_area_struct *vma = rb_entry(node, struct vm_area_struct, shared.rb);

		if (READ_ONCE(vma->vm_flags) & VM_EXEC)
			found = 1;
		else if (!(++seen % 64) &&
			 (rwsem_is_contended(&mapping->i_mmap_rwsem) || need_resched()))
			found = -EAGAIN;
	}
	up_read(&mapping->i_mmap_rwsem);
	return found;
}
