// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tasks → address spaces: which there are, each once, and whose they are.
 *
 * An address space is known by its mm_struct. mmgrab() keeps that structure
 * (not the memory that it describes) from being freed and used again for a
 * new process while the scan runs, so that an address means one process.
 */
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/hash.h>
#include <linux/idr.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/uidgid.h>

#include "process.h"
#include "snapshot.h"
#include "text.h"

#define HASH_BITS 12

struct collector {
	struct libshare_snapshot *snap;
	u32 *hash;		/* 1 + index of the first process of a slot */
	char *buf;		/* PATH_MAX bytes */
	u64 cgroup_id;		/* of the string that was made last */
	const char *cgroup;
};

/*
 * The first thread group whose number is at least @nr, with a reference, as
 * /proc's own readdir finds it (next_tgid() in fs/proc/base.c).
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

/* The mm of a thread group, whose leader may be dead while its threads live. */
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

static struct libshare_process *find_mm(struct collector *c, struct mm_struct *mm, u32 slot)
{
	u32 i;

	for (i = c->hash[slot]; i; i = libshare_process_at(c->snap, i - 1)->hash_next)
		if (libshare_process_at(c->snap, i - 1)->mm == mm)
			return libshare_process_at(c->snap, i - 1);
	return NULL;
}

#ifdef CONFIG_CGROUPS
/* The task's path in the v2 hierarchy; 0 or -ENOMEM. */
static int name_cgroup(struct collector *c, struct task_struct *task, const char **name)
{
	struct cgroup *cgrp;
	char *string;
	u64 id;
	int len;

	rcu_read_lock();
	cgrp = task_dfl_cgroup(task);
	id = cgroup_id(cgrp);
	if (c->cgroup && id == c->cgroup_id) {
		rcu_read_unlock();
		*name = c->cgroup;
		return 0;
	}
	len = cgroup_path(cgrp, c->buf, PATH_MAX);
	rcu_read_unlock();
	if (len < 0 || len >= PATH_MAX)
		return 0;

	if (libshare_vec_reserve(&c->snap->strings, 1))
		return -ENOMEM;
	string = libshare_text_escape(c->buf);
	if (!string)
		return -ENOMEM;
	*(char **)libshare_vec_push(&c->snap->strings) = string;
	c->cgroup = string;
	c->cgroup_id = id;
	*name = string;
	return 0;
}
#else
static int name_cgroup(struct collector *c, struct task_struct *task, const char **name)
{
	return 0;
}
#endif

static int add_task(struct collector *c, struct task_struct *task, u32 pid)
{
	struct libshare_snapshot *snap = c->snap;
	struct libshare_process *proc;
	const char *cgroup = NULL;
	struct mm_struct *mm;
	u32 slot;

	if (libshare_vec_reserve(&snap->processes, 1))
		return -ENOMEM;
	mm = grab_mm(task);
	if (!mm)
		return 0;
	/* Thread groups come in ascending order: the first one is the lowest. */
	slot = hash_ptr(mm, HASH_BITS);
	if (find_mm(c, mm, slot)) {
		mmdrop(mm);
		return 0;
	}
	if ((snap->want & LIBSHARE_WANT_ROWS) && name_cgroup(c, task, &cgroup)) {
		mmdrop(mm);
		return -ENOMEM;
	}

	proc = libshare_vec_push(&snap->processes);
	proc->mm = mm;
	proc->pid = pid;
	rcu_read_lock();
	proc->uid = from_kuid_munged(&init_user_ns, __task_cred(task)->euid);
	rcu_read_unlock();
	get_task_comm(proc->comm, task);
	proc->cgroup = cgroup;
	proc->seen_table = U64_MAX;
	proc->hash_next = c->hash[slot];
	c->hash[slot] = snap->processes.nr;
	return 0;
}

/**
 * libshare_processes_collect() - List all address spaces of the machine.
 * @snap: The snapshot of the scan; its processes are filled, in ascending
 *	order of their lowest thread-group id.
 *
 * Kernel threads and dead processes have none. Each structure stays pinned
 * until libshare_process_unpin(), also after an error.
 *
 * Context: Process context, may sleep.
 * Return: 0, -ENOMEM, or -EINTR when the reader was killed.
 */
int libshare_processes_collect(struct libshare_snapshot *snap)
{
	struct collector c = { .snap = snap };
	struct task_struct *task;
	int err = -ENOMEM, nr;

	c.hash = kvcalloc(1 << HASH_BITS, sizeof(*c.hash), LIBSHARE_GFP);
	c.buf = kmalloc(PATH_MAX, LIBSHARE_GFP);
	if (!c.hash || !c.buf)
		goto out;

	err = 0;
	for (nr = 1; !err && (task = next_thread_group(&nr)); nr++) {
		err = add_task(&c, task, nr);
		put_task_struct(task);
		if (fatal_signal_pending(current))
			err = -EINTR;
		cond_resched();
	}
out:
	kfree(c.buf);
	kvfree(c.hash);
	return err;
}

/**
 * libshare_process_unpin() - Let go of a process's mm_struct.
 * @proc: The process; its mm must not be used afterwards.
 *
 * Context: Process context, may sleep.
 */
void libshare_process_unpin(struct libshare_process *proc)
{
	if (proc->mm)
		mmdrop(proc->mm);
	proc->mm = NULL;
}

/**
 * libshare_process_skip() - Go on without a process?
 * @snap: The snapshot of the scan.
 * @proc: The process.
 * @err: What came of looking at it.
 *
 * An address space that has gone, or whose lock is stuck, is skipped; only
 * death of the reader and want of memory end a scan.
 *
 * Context: Process context.
 * Return: 0, or @err when the scan must end.
 */
int libshare_process_skip(struct libshare_snapshot *snap, struct libshare_process *proc, int err)
{
	if (err != -ESRCH && err != -EAGAIN)
		return err;
	if (!proc->skipped)
		snap->cost.skipped_processes++;
	proc->skipped = true;
	return 0;
}
