// SPDX-License-Identifier: GPL-2.0-only
/*
 * The floor: what it costs to walk the page tables of all file mappings and to
 * read each entry once, when nothing is made of it. For measuring only; one
 * file in debugfs, whose reading does the walk and says how many entries of
 * how many were present.
 *
 * The locks are those that any such walk must take: mmap_lock for an address
 * space, and for each table RCU and its page-table lock.
 */
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/idr.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pgtable.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/seq_file.h>

#include "compat.h"

struct sum {
	u64 processes;
	u64 vmas;
	u64 tables;
	u64 entries;
	u64 present;
};

static struct dentry *dir;

/* false: the PMD has changed, look at it again. */
static bool walk_table(struct mm_struct *mm, pmd_t *pmdp, pmd_t pmd, unsigned long addr,
		       unsigned long end, struct sum *sum)
{
	spinlock_t *ptl;	/* the table's */
	pte_t *ptep;
	bool same;
	u64 n = 0;

	rcu_read_lock();
	ptl = pte_lockptr(mm, &pmd);
	spin_lock(ptl);
	same = pmd_same(pmd, pmdp_get_lockless(pmdp));
	if (same) {
		sum->tables++;
		sum->entries += (end - addr) >> PAGE_SHIFT;
		for (ptep = pte_offset_kernel(&pmd, addr); addr != end; addr += PAGE_SIZE)
			n += pte_present(ptep_get(ptep++));
		sum->present += n;
	}
	spin_unlock(ptl);
	rcu_read_unlock();
	return same;
}

static void walk_pmd(struct mm_struct *mm, pmd_t *pmdp, unsigned long addr, unsigned long end,
		     struct sum *sum)
{
	pmd_t pmd;

	do {
		pmd = pmdp_get_lockless(pmdp);
		if (pmd_none(pmd) || !pmd_present(pmd) || pmd_leaf(pmd) || pmd_bad(pmd))
			return;
	} while (!walk_table(mm, pmdp, pmd, addr, end, sum));
}

static pmd_t *find_pmd(struct mm_struct *mm, unsigned long addr, unsigned long *end)
{
	pgd_t *pgd = pgd_offset(mm, addr);
	p4d_t *p4d;
	pud_t *pud;

	*end = pgd_addr_end(addr, *end);
	if (pgd_none(*pgd) || pgd_bad(*pgd))
		return NULL;
	p4d = p4d_offset(pgd, addr);
	*end = p4d_addr_end(addr, *end);
	if (p4d_none(*p4d) || p4d_bad(*p4d))
		return NULL;
	pud = pud_offset(p4d, addr);
	*end = pud_addr_end(addr, *end);
	if (pud_none(*pud) || pud_leaf(*pud) || pud_bad(*pud))
		return NULL;
	*end = pmd_addr_end(addr, *end);
	return pmd_offset(pud, addr);
}

static void walk_vma(struct vm_area_struct *vma, struct sum *sum)
{
	unsigned long addr, end;

	sum->vmas++;
	for (addr = vma->vm_start; addr < vma->vm_end; addr = end) {
		pmd_t *pmdp;

		end = vma->vm_end;
		pmdp = find_pmd(vma->vm_mm, addr, &end);
		if (pmdp)
			walk_pmd(vma->vm_mm, pmdp, addr, end, sum);
	}
}

static void walk_mm(struct mm_struct *mm, struct sum *sum)
{
	struct vm_area_struct *vma;
	struct vma_iterator vmi;

	sum->processes++;
	mmap_read_lock(mm);
	vma_iter_init(&vmi, mm, 0);
	while ((vma = vma_next(&vmi)))
		if (vma->vm_file && S_ISREG(file_inode(vma->vm_file)->i_mode))
			walk_vma(vma, sum);
	mmap_read_unlock(mm);
}

static struct task_struct *next_task_group(int *nr)
{
	struct task_struct *task = NULL;
	struct pid *pid;

	rcu_read_lock();
	for (; !task; ++*nr) {
		pid = idr_get_next(&init_pid_ns.idr, nr);
		if (!pid)
			break;
		task = pid_task(pid, PIDTYPE_TGID);
	}
	if (task)
		get_task_struct(task);
	rcu_read_unlock();
	return task;
}

static int floor_show(struct seq_file *m, void *v)
{
	struct sum sum = { };
	struct task_struct *task;
	struct mm_struct *mm;
	int nr = 1;

	while ((task = next_task_group(&nr))) {
		mm = get_task_mm(task);
		put_task_struct(task);
		if (mm) {
			walk_mm(mm, &sum);
			mmput(mm);
		}
		cond_resched();
	}
	seq_printf(m, "processes %llu\nvmas %llu\ntables %llu\nentries %llu\npresent %llu\n",
		   sum.processes, sum.vmas, sum.tables, sum.entries, sum.present);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(floor);

static int __init floor_init(void)
{
	dir = debugfs_create_dir("libshare-floor", NULL);
	debugfs_create_file("walk", 0400, dir, NULL, &floor_fops);
	return 0;
}

static void __exit floor_exit(void)
{
	debugfs_remove_recursive(dir);
}

module_init(floor_init);
module_exit(floor_exit);

MODULE_DESCRIPTION("The least that a walk of all file mappings can cost");
MODULE_AUTHOR("The libshare authors");
MODULE_LICENSE("GPL");
