// SPDX-License-Identifier: GPL-2.0-only
/*
 * labwalk: counts what a process has mapped.
 *
 *	insmod labwalk.ko pid=123 && dmesg | tail -n 1; rmmod labwalk
 *
 * prints "labwalk: pid=123 vmas=20 present=0 file=0 anon=0 shared=0".
 */
#include <linux/debugfs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pgtable.h>
#include <linux/pid.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include <linux/seq_file.h>

static int pid;
module_param(pid, int, 0644);
MODULE_PARM_DESC(pid, "Process to look at");

static unsigned long area;
module_param(area, ulong, 0644);
MODULE_PARM_DESC(area, "Address in the one area to count (0: all areas)");

struct counts {
	unsigned long vmas;	/* areas */
	unsigned long present;	/* pages in its page tables, file + anon */
	unsigned long file;
	unsigned long anon;
	unsigned long shared;	/* pages that more than one page table entry maps */
};

/* How many page table entries, of all processes, map a page. */
static int __maybe_unused mappings_of(struct page *page)
{
	struct folio *folio = page_folio(page);
	int mappings = atomic_read(&page->_mapcount) + 1;

	if (folio_test_large(folio))
		mappings += folio_entire_mapcount(folio);
	return mappings;
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

	/* TODO 1, references: what keeps these two from going while you look? */
	rcu_read_lock();
	task = pid_task(find_vpid(nr), PIDTYPE_PID);
	rcu_read_unlock();
	if (!task)
		return -ESRCH;
	mm = task->mm;
	if (!mm)
		return -EINVAL;

	/* TODO 2, locking: what keeps the list of areas from changing? */
	vma_iter_init(&vmi, mm, 0);
	for_each_vma(vmi, vma) {
		counts->vmas++;
		/* TODO 3, page tables: count the pages that are present. */
		/* TODO 4, anonymous or file: tell them apart. */
		/* TODO 5, shared: which pages do others map, too? */
		/* TODO 6, one area: count that of @address alone, if it is not 0. */
	}
	return 0;
}

/* TODO 7, debugfs: /sys/kernel/debug/labwalk/counts, with the counts of now. */

static int __init labwalk_init(void)
{
	struct counts counts;
	int err = 0;

	if (pid)
		err = count_process(pid, area, &counts);
	if (pid && !err)
		pr_info("labwalk: pid=%d vmas=%lu present=%lu file=%lu anon=%lu shared=%lu\n", pid,
			counts.vmas, counts.present, counts.file, counts.anon, counts.shared);
	return err;
}

static void __exit labwalk_exit(void)
{
}

module_init(labwalk_init);
module_exit(labwalk_exit);

MODULE_DESCRIPTION("Count what a process has mapped");
MODULE_LICENSE("GPL");
