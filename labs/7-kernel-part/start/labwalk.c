// SPDX-License-Identifier: GPL-2.0-only
/*
 * labwalk: counts what a process has mapped.
 *
 *	insmod labwalk.ko pid=123 && dmesg | tail -n 1; rmmod labwalk
 *
 * prints "labwalk: pid=123 vmas=20 present=0 file=0 anon=0".
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

struct counts {
	unsigned long vmas;	/* areas */
	unsigned long present;	/* pages in its page tables, file + anon */
	unsigned long file;
	unsigned long anon;
};

/*
 * Returns 0; -ESRCH when there is no such process; -EINVAL when it has no
 * address space.
 */
static int count_process(int nr, struct counts *counts)
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
	}
	return 0;
}

/* TODO 5, debugfs: /sys/kernel/debug/labwalk/counts, with the counts of now. */

static int __init labwalk_init(void)
{
	struct counts counts;
	int err = 0;

	if (pid)
		err = count_process(pid, &counts);
	if (pid && !err)
		pr_info("labwalk: pid=%d vmas=%lu present=%lu file=%lu anon=%lu\n", pid,
			counts.vmas, counts.present, counts.file, counts.anon);
	return err;
}

static void __exit labwalk_exit(void)
{
}

module_init(labwalk_init);
module_exit(labwalk_exit);

MODULE_DESCRIPTION("Count what a process has mapped");
MODULE_LICENSE("GPL");
