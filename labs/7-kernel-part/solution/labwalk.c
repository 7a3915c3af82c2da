// SPDX-License-Identifier: GPL-2.0-only
/*
 * labwalk: counts what a process has mapped.
 *
 *	insmod labwalk.ko pid=123 && cat /sys/kernel/debug/labwalk/counts
 */
#include <linux/debugfs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pgtable.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

static int pid;
module_param(pid, int, 0644);
MODULE_PARM_DESC(pid, "Process to look at");

static unsigned long area;
module_param(area, ulong, 0644);
MODULE_PARM_DESC(area, "Address in the one area to count (0: all areas)");

static struct dentry *folder;

struct counts {
	unsigned long vmas;	/* areas */
	unsigned long present;	/* pages in its page tables, file + anon */
	unsigned long file;
	unsigned long anon;
	unsigned long shared;	/* pages that more than one page table entry maps */
};

/* How many page table entries, of all processes, map a page. */
static int mappings_of(struct page *page)
{
	struct folio *folio = page_folio(page);
	int mappings = atomic_read(&page->_mapcount) + 1;

	if (folio_test_large(folio))
		mappings += folio_entire_mapcount(folio);
	return mappings;
}

static void count_page(struct page *page, struct counts *counts)
{
	counts->present++;
	if (folio_test_anon(page_folio(page)))
		counts->anon++;
	else
		counts->file++;
	if (mappings_of(page) > 1)
		counts->shared++;
}

/* One page table; the area holds @addr up to @end, which lie in it. */
static void count_table(struct mm_struct *mm, pmd_t *pmdp, unsigned long addr,
			unsigned long end, struct counts *counts)
{
	pmd_t pmd = pmdp_get_lockless(pmdp);
	spinlock_t *lock = pte_lockptr(mm, &pmd);
	pte_t *ptep;

	spin_lock(lock);
	/* It may have gone, or become a huge page, before we had its lock. */
	if (pmd_same(pmd, pmdp_get_lockless(pmdp))) {
		ptep = pte_offset_kernel(&pmd, addr);
		for (; addr != end; addr += PAGE_SIZE, ptep++) {
			pte_t pte = ptep_get(ptep);

			if (pte_present(pte) && !pte_special(pte))
				count_page(pte_page(pte), counts);
		}
	}
	spin_unlock(lock);
}

static void count_huge(struct mm_struct *mm, pmd_t *pmdp, unsigned long addr, unsigned long end,
		       struct counts *counts)
{
	spinlock_t *lock = pmd_lock(mm, pmdp);
	pmd_t pmd = pmdp_get_lockless(pmdp);

	if (pmd_present(pmd) && pmd_leaf(pmd))
		for (; addr != end; addr += PAGE_SIZE)
			count_page(pmd_page(pmd), counts);
	spin_unlock(lock);
}

/* The entry of the lowest but one table for @addr, or NULL. */
static pmd_t *find_pmd(struct mm_struct *mm, unsigned long addr)
{
	pgd_t *pgd = pgd_offset(mm, addr);
	p4d_t *p4d;
	pud_t *pud;

	if (pgd_none(*pgd) || pgd_bad(*pgd))
		return NULL;
	p4d = p4d_offset(pgd, addr);
	if (p4d_none(*p4d) || p4d_bad(*p4d))
		return NULL;
	pud = pud_offset(p4d, addr);
	if (pud_none(*pud) || pud_leaf(*pud) || pud_bad(*pud))
		return NULL;
	return pmd_offset(pud, addr);
}

static void count_area(struct vm_area_struct *vma, struct counts *counts)
{
	unsigned long addr, end;

	for (addr = vma->vm_start; addr != vma->vm_end; addr = end) {
		pmd_t *pmdp = find_pmd(vma->vm_mm, addr), pmd;

		end = pmd_addr_end(addr, vma->vm_end);
		if (!pmdp)
			continue;
		/* Page tables of files can be freed below us, but not before the RCU's end. */
		rcu_read_lock();
		pmd = pmdp_get_lockless(pmdp);
		if (pmd_present(pmd) && pmd_leaf(pmd))
			count_huge(vma->vm_mm, pmdp, addr, end, counts);
		else if (pmd_present(pmd) && !pmd_bad(pmd))
			count_table(vma->vm_mm, pmdp, addr, end, counts);
		rcu_read_unlock();
		cond_resched();
	}
}

/*
 * Counts the area that holds @address, or all areas if that is 0.
 *
 * Returns 0; -ESRCH when there is no such process; -EINVAL when it has no
 * address space.
 */
static int count_process(int nr, unsigned long address, struct counts *counts)
{
	struct task_struct *task;
	struct vm_area_struct *vma;
	struct mm_struct *mm;
	struct vma_iterator vmi;

	memset(counts, 0, sizeof(*counts));
	rcu_read_lock();
	task = pid_task(find_vpid(nr), PIDTYPE_PID);
	if (task)
		get_task_struct(task);
	rcu_read_unlock();
	if (!task)
		return -ESRCH;
	mm = get_task_mm(task);
	put_task_struct(task);
	if (!mm)
		return -EINVAL;

	if (mmap_read_lock_killable(mm)) {
		mmput(mm);
		return -EINTR;
	}
	vma_iter_init(&vmi, mm, 0);
	for_each_vma(vmi, vma) {
		if (address && (address < vma->vm_start || address >= vma->vm_end))
			continue;
		counts->vmas++;
		count_area(vma, counts);
	}
	mmap_read_unlock(mm);
	mmput(mm);
	return 0;
}

static int counts_show(struct seq_file *seq, void *unused)
{
	const struct counts *counts = seq->private;

	seq_printf(seq, "vmas %lu\npresent %lu\nfile %lu\nanon %lu\nshared %lu\n", counts->vmas,
		   counts->present, counts->file, counts->anon, counts->shared);
	return 0;
}

/* Counts once, however often and in whatever pieces the file is read. */
static int counts_open(struct inode *inode, struct file *file)
{
	struct counts *counts = kmalloc(sizeof(*counts), GFP_KERNEL);
	int err;

	if (!counts)
		return -ENOMEM;
	err = count_process(READ_ONCE(pid), READ_ONCE(area), counts);
	if (!err)
		err = single_open(file, counts_show, counts);
	if (err)
		kfree(counts);
	return err;
}

static int counts_release(struct inode *inode, struct file *file)
{
	struct seq_file *seq = file->private_data;

	kfree(seq->private);
	return single_release(inode, file);
}

static const struct file_operations counts_fops = {
	.owner = THIS_MODULE,
	.open = counts_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = counts_release,
};

static int __init labwalk_init(void)
{
	struct counts counts;
	int err = 0;

	if (pid)
		err = count_process(pid, area, &counts);
	if (err)
		return err;
	if (pid)
		pr_info("labwalk: pid=%d vmas=%lu present=%lu file=%lu anon=%lu shared=%lu\n", pid,
			counts.vmas, counts.present, counts.file, counts.anon, counts.shared);
	folder = debugfs_create_dir("labwalk", NULL);
	debugfs_create_file("counts", 0400, folder, NULL, &counts_fops);
	return 0;
}

static void __exit labwalk_exit(void)
{
	debugfs_remove(folder);
}

module_init(labwalk_init);
module_exit(labwalk_exit);

MODULE_DESCRIPTION("Count what a process has mapped");
MODULE_LICENSE("GPL");
