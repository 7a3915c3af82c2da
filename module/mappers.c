// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who maps a file, as the kernel's own reverse mapping has it: every VMA of the
 * file, in whatever address space, is a node of its i_mmap tree, from before
 * the VMA maps the first page until after it maps the last (dup_mmap(),
 * free_pgtables()). The tree is only compared with what a scan has found; its
 * interval searches are not for modules, but its nodes are those of a red-black
 * tree.
 */
#include <linux/fs.h>
#include <linux/preempt.h>
#include <linux/rbtree.h>
#include <linux/rwsem.h>
#include <linux/sched.h>

#include "mappers.h"

/**
 * libshare_mappers_hold() - Is a file mapped by certain VMAs and by no others?
 * @mapping: The file's page cache; the caller holds the file.
 * @nr: How many VMAs there should be.
 * @sum: The sum of their libshare_mappers_key().
 *
 * Whoever wants to map or unmap the file meanwhile is not kept waiting. Least of all
 * for a reader who was put to sleep with the lock in his hand, so he keeps the CPU for
 * as long: the caller has to look at need_resched().
 *
 * Context: Process context.
 * Return: true when it is so, and stays so until libshare_mappers_release(): its
 * i_mmap_rwsem is held for reading, and preemption is off. false when it is not, or
 * was not to be found out without making somebody wait.
 */
bool libshare_mappers_hold(struct address_space *mapping, u64 nr, u64 sum)
{
	struct rb_node *node;
	u64 left = nr;

	preempt_disable();
	if (!down_read_trylock(&mapping->i_mmap_rwsem)) {
		preempt_enable();
		return false;
	}
	for (node = rb_first_cached(&mapping->i_mmap); node && left; node = rb_next(node)) {
		sum -= libshare_mappers_key(rb_entry(node, struct vm_area_struct, shared.rb));
		if (--left && !(left % 64) &&
		    (rwsem_is_contended(&mapping->i_mmap_rwsem) || need_resched()))
			break;
	}
	if (!node && !left && !sum)
		return true;
	libshare_mappers_release(mapping);
	return false;
}

/**
 * libshare_mappers_release() - Let others map and unmap a file again.
 * @mapping: The file's page cache, for which libshare_mappers_hold() was true.
 *
 * Context: Process context.
 */
void libshare_mappers_release(struct address_space *mapping)
{
	up_read(&mapping->i_mmap_rwsem);
	preempt_enable();
}
