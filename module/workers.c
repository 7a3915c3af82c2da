// SPDX-License-Identifier: GPL-2.0-only
/*
 * Workers that share out what a scan has to do, item by item: the reader himself
 * is the first one, kernel threads are the others.
 *
 * Every worker has the same share, each n-th item. So the others take no more of
 * the machine than the reader does, whatever keeps him from taking more. A share
 * that no thread has begun when the reader is through with his own, he does as well:
 * where all CPUs are busy, nobody is waited for who has not begun.
 *
 * The threads are those of an unbound work queue, which CPU hotplug and isolated
 * CPUs are taken care of by. What they allocate is charged to the reader's memory
 * cgroup. Their time is charged to nobody.
 */
#include <linux/cpumask.h>
#include <linux/memcontrol.h>
#include <linux/moduleparam.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "compat.h"
#include "vec.h"
#include "workers.h"

#define WORKERS_MAX 16

/* By size: from so many processes on, half of the CPUs, and not more than a few. */
#define AUTO_ITEMS 128
#define AUTO_MAX 4U

static struct workqueue_struct *queue;
static unsigned int workers;

static int set_workers(const char *text, const struct kernel_param *kp)
{
	unsigned int nr;
	int err = kstrtouint(text, 0, &nr);

	if (!err && nr > WORKERS_MAX)
		err = -ERANGE;
	if (err) {
		pr_err("libshare: workers must be a number from 0 to %u\n", WORKERS_MAX);
		return err;
	}
	WRITE_ONCE(workers, nr);
	return 0;
}

static const struct kernel_param_ops workers_ops = {
	.set = set_workers,
	.get = param_get_uint,
};

module_param_cb(workers, &workers_ops, &workers, 0644);
MODULE_PARM_DESC(workers,
		 "How many share out the processes of libraries and summary; 0: by size (0)");

/* What they work at: on the reader's stack, who waits for them. */
struct work {
	u32 workers;
	u64 items;
	libshare_work_fn fn;
	void *context;
	struct task_struct *reader;
	struct mem_cgroup *memcg;	/* his */
	int err;			/* of any of them: the others stop as well */
};

struct helper {
	struct work_struct queued;
	struct work *work;
	u32 worker;
};

static void do_share(struct work *work, u32 worker)
{
	u64 i;

	for (i = worker; i < work->items && !READ_ONCE(work->err); i += work->workers) {
		int err = work->fn(work->context, worker, i);

		if (!err && fatal_signal_pending(work->reader))
			err = -EINTR;
		if (err)
			WRITE_ONCE(work->err, err);
		cond_resched();
	}
}

static void help(struct work_struct *queued)
{
	struct helper *helper = container_of(queued, struct helper, queued);
	struct mem_cgroup *old = set_active_memcg(helper->work->memcg);

	do_share(helper->work, helper->worker);
	set_active_memcg(old);
}

/**
 * libshare_workers_setup() - Get ready; once, at module load.
 *
 * Context: Process context, may sleep.
 * Return: 0 or -ENOMEM.
 */
int libshare_workers_setup(void)
{
	queue = alloc_workqueue("libshare", WQ_UNBOUND, 0);
	return queue ? 0 : -ENOMEM;
}

/**
 * libshare_workers_teardown() - Undo libshare_workers_setup().
 *
 * Context: Process context, may sleep; no scan runs any more.
 */
void libshare_workers_teardown(void)
{
	destroy_workqueue(queue);
}

/*
 * Who was given less of the machine than others gets no help, unless the parameter
 * says so: their threads are ordinary ones, wherever he may run.
 */
static u32 by_size(u64 items)
{
	u32 cpus = min_t(u32, cpumask_weight(current->cpus_ptr), num_online_cpus());

	if (current->policy != SCHED_NORMAL || task_nice(current) > 0)
		return 1;
	return min3(items / AUTO_ITEMS, (u64)cpus / 2, (u64)AUTO_MAX);
}

/**
 * libshare_workers_for() - How many should share out so many items?
 * @items: The processes of the scan.
 *
 * Context: Process context, of the reader.
 * Return: A number of workers, at least 1.
 */
u32 libshare_workers_for(u64 items)
{
	u32 nr = READ_ONCE(workers);

	return max_t(u64, 1, min_t(u64, nr ? nr : by_size(items), items));
}

/**
 * libshare_workers_run() - Have workers share out what there is to do.
 * @nr: How many, the caller among them, who is worker 0.
 * @items: How many items there are; the worker of an item is its index modulo @nr.
 * @fn: Does one item; @nr of them run at the same time.
 * @context: For @fn.
 *
 * Context: Process context, of the reader; may sleep. @fn runs in the reader's
 * context or in that of a kernel thread, and takes nothing that the caller holds.
 * Return: 0 when all was done, or what @fn returned for some item, or -ENOMEM, or
 * -EINTR when the reader was killed. Nobody works any more.
 */
int libshare_workers_run(u32 nr, u64 items, libshare_work_fn fn, void *context)
{
	struct work work = {
		.workers = nr,
		.items = items,
		.fn = fn,
		.context = context,
		.reader = current,
	};
	struct helper *helper = NULL;
	u32 i;

	if (nr > 1) {
		helper = kcalloc(nr - 1, sizeof(*helper), LIBSHARE_GFP);
		if (!helper)
			return -ENOMEM;
		work.memcg = get_mem_cgroup_from_mm(current->mm);
	}
	for (i = 0; i + 1 < nr; i++) {
		helper[i].work = &work;
		helper[i].worker = i + 1;
		INIT_WORK(&helper[i].queued, help);
		queue_work(queue, &helper[i].queued);
	}
	do_share(&work, 0);
	for (i = 0; i + 1 < nr; i++)
		if (cancel_work_sync(&helper[i].queued))
			do_share(&work, i + 1);
	if (nr > 1)
		mem_cgroup_put(work.memcg);
	kfree(helper);
	return work.err;
}
