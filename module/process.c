// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tasks → address spaces: which there are, each once, and whose they are.
 *
 * An address space is known by its mm_struct. mmgrab() keeps that structure (not
 * the memory that it describes) from being freed and used for a new process while
 * the scan runs, so that an address means one process.
 */
#include <linux/cred.h>
#include <linux/idr.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/rhashtable.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/uidgid.h>

#include "process.h"

static const struct rhashtable_params table_params = {
	.key_len = sizeof_field(struct libshare_process, mm),
	.key_offset = offsetof(struct libshare_process, mm),
	.head_offset = offsetof(struct libshare_process, node),
};

struct collector {
	struct libshare_snapshot *snap;
	struct rhashtable table;	/* of snap->processes, by mm */
	struct libshare_cgroups *cgroups;
};

/*
 * Find the first thread group whose number is at least @nr, with a reference, as
 * /proc's own readdir does (next_tgid() in fs/proc/base.c).
 */
static struct task_struct *next_thread_group(int *nr)
{
	struct task_struct *task = NULL;
	struct pid *pid;

	rcu_read_lock();
	while (!task) {
		pid = idr_get_next(&init_pid_ns.idr, nr);
		if (!pid)
			break;
		task = pid_task(pid, PIDTYPE_TGID);
		if (task)
			get_task_struct(task);
		else
			++*nr;
	}
	rcu_read_unlock();
	return task;
}

/* Pin the mm of a thread group, whose leader may be dead while its threads live. */
static struct mm_struct *grab_mm(struct task_struct *leader)
{
	struct mm_struct *mm = NULL;
	struct task_struct *t;

	if (READ_ONCE(leader->flags) & PF_KTHREAD)
		return NULL;
	rcu_read_lock();
	for_each_thread(leader, t) {
		task_lock(t);
		mm = t->mm;
		if (mm)
			mmgrab(mm);
		task_unlock(t);
		if (mm)
			break;
	}
	rcu_read_unlock();
	return mm;
}

static int add_process(struct collector *c, struct task_struct *task, u32 pid,
		       struct mm_struct *mm)
{
	struct libshare_process *proc = libshare_rows_add(&c->snap->processes);

	proc->mm = mm;		/* pinned; from here on the snapshot's */
	proc->pid = pid;
	proc->seen_table = U64_MAX;
	rcu_read_lock();
	proc->uid = from_kuid_munged(&init_user_ns, __task_cred(task)->euid);
	rcu_read_unlock();
	get_task_comm(proc->comm, task);
	if (rhashtable_insert_fast(&c->table, &proc->node, table_params))
		return -ENOMEM;
	if (!(c->snap->want & LIBSHARE_WANT_ROWS))
		return 0;
	return libshare_cgroups_find(c->cgroups, task, &proc->cgroup);
}

static int add_task(struct collector *c, struct task_struct *task, u32 pid)
{
	struct mm_struct *mm;

	if (libshare_rows_reserve(&c->snap->processes, 1, &c->snap->memory))
		return -ENOMEM;
	mm = grab_mm(task);
	if (!mm)
		return 0;
	/* Thread groups come in ascending order: the first one is the lowest. */
	if (rhashtable_lookup_fast(&c->table, &mm, table_params)) {
		mmdrop(mm);
		return 0;
	}
	return add_process(c, task, pid, mm);
}

static int collect(struct collector *c)
{
	struct task_struct *task;
	int err = 0, nr;

	for (nr = 1; !err && (task = next_thread_group(&nr)); nr++) {
		err = add_task(c, task, nr);
		put_task_struct(task);
		if (!err)
			err = libshare_pause();
	}
	return err;
}

/**
 * libshare_processes_collect() - List all address spaces of the machine.
 * @snap: The snapshot of the scan; its processes are filled, in ascending
 *	order of their lowest thread-group id.
 * @cgroups: Where their control groups are found, if rows are wanted.
 *
 * Kernel threads and dead processes have none. Each mm_struct stays pinned until
 * libshare_process_unpin(), also after an error.
 *
 * Context: May sleep.
 * Return: 0, -ENOMEM, or -EINTR if the reader was killed.
 */
int libshare_processes_collect(struct libshare_snapshot *snap, struct libshare_cgroups *cgroups)
{
	/* Not on the stack, where the work that resizes a hash table must not be. */
	struct collector *c = kzalloc(sizeof(*c), LIBSHARE_GFP);
	int err = c ? rhashtable_init(&c->table, &table_params) : -ENOMEM;

	if (!err) {
		c->snap = snap;
		c->cgroups = cgroups;
		err = collect(c);
		rhashtable_destroy(&c->table);
	}
	kfree(c);
	return err;
}

/**
 * libshare_process_unpin() - Drop the reference to a process's mm_struct.
 * @proc: The process; its mm must not be used afterwards.
 *
 * Context: May sleep.
 */
void libshare_process_unpin(struct libshare_process *proc)
{
	if (proc->mm)
		mmdrop(proc->mm);
	proc->mm = NULL;
}

/**
 * libshare_process_skip() - Note that a process was not counted to its end.
 * @snap: The snapshot of the scan.
 * @proc: The process.
 * @why: The reason.
 */
void libshare_process_skip(struct libshare_snapshot *snap, struct libshare_process *proc,
			   enum libshare_skip why)
{
	struct libshare_told *told;

	proc->skip = why;
	snap->cost.skipped[why]++;
	if (why == LIBSHARE_SKIP_EXITED || snap->nr_told == LIBSHARE_TOLD)
		return;
	told = &snap->told[snap->nr_told++];
	told->pid = proc->pid;
	told->skip = why;
	memcpy(told->comm, proc->comm, sizeof(told->comm));
}
