// SPDX-License-Identifier: GPL-2.0-only
/*
 * For the grader: lets a program hold a lock of its own address space for a
 * while, to see whether others wait for it, and says how many references there
 * are to the program and to its address space at the end. In
 * /sys/kernel/debug/labhold:
 *
 *	echo MILLISECONDS > mmap_lock	hold it so long, or until "release" is 1
 *	echo ADDRESS > table_lock	hold that of the page table of an address
 */
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pgtable.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

/* Nothing else runs on this CPU meanwhile, and no RCU grace period ends. */
#define HOLD_TABLE_MS 4000

static struct dentry *folder;
/* A lock is held now; it should be let go; what references there were then. */
static u32 held, release, mm_users, task_users;

static int hold_mmap_lock(void *unused, u64 ms)
{
	mmap_write_lock(current->mm);
	WRITE_ONCE(release, 0);
	WRITE_ONCE(held, 1);
	for (; ms && !READ_ONCE(release); ms--)
		usleep_range(900, 1100);
	mm_users = atomic_read(&current->mm->mm_users);
	task_users = refcount_read(&current->usage);
	WRITE_ONCE(held, 0);
	mmap_write_unlock(current->mm);
	return 0;
}

/* The address must have a page table, which stays meanwhile. */
static int hold_table_lock(void *unused, u64 addr)
{
	spinlock_t *lock;	/* the table's */
	pmd_t pmd;

	pmd = *pmd_offset(pud_offset(p4d_offset(pgd_offset(current->mm, addr), addr), addr), addr);
	lock = pte_lockptr(current->mm, &pmd);
	spin_lock(lock);
	WRITE_ONCE(held, 1);
	mdelay(HOLD_TABLE_MS);
	WRITE_ONCE(held, 0);
	spin_unlock(lock);
	return 0;
}

DEFINE_DEBUGFS_ATTRIBUTE(mmap_lock_fops, NULL, hold_mmap_lock, "%llu\n");
DEFINE_DEBUGFS_ATTRIBUTE(table_lock_fops, NULL, hold_table_lock, "%llu\n");

static int __init labhold_init(void)
{
	folder = debugfs_create_dir("labhold", NULL);
	debugfs_create_file("mmap_lock", 0200, folder, NULL, &mmap_lock_fops);
	debugfs_create_file("table_lock", 0200, folder, NULL, &table_lock_fops);
	debugfs_create_u32("held", 0400, folder, &held);
	debugfs_create_u32("release", 0200, folder, &release);
	debugfs_create_u32("mm_users", 0400, folder, &mm_users);
	debugfs_create_u32("task_users", 0400, folder, &task_users);
	return 0;
}

static void __exit labhold_exit(void)
{
	debugfs_remove(folder);
}

module_init(labhold_init);
module_exit(labhold_exit);

MODULE_DESCRIPTION("Hold a lock, for the grader of a lab");
MODULE_LICENSE("GPL");
