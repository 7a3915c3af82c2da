// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waiting for an mmap_lock that is not free.
 *
 * A task that holds its mmap_lock for writing may sleep without end (think of a dead
 * file server), so no wait here is without an end. The lock is tried first. But a try
 * fails as long as any task queues, and a process whose threads map and unmap all
 * the time always has one in the queue: so in the end the scan queues as well, for a
 * bounded time.
 */
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/rwsem.h>
#include <linux/sched/signal.h>

#include "snapshot.h"
#include "vmas.h"

#define LOCK_WAIT_MS_MAX 60000
#define TRY_NS (500 * NSEC_PER_USEC)	/* of trying, before queueing */

static unsigned int lock_wait_ms = 2000;

static int set_lock_wait(const char *text, const struct kernel_param *kp)
{
	unsigned int ms;
	int err = kstrtouint(text, 0, &ms);

	if (!err && ms > LOCK_WAIT_MS_MAX)
		err = -ERANGE;
	if (err) {
		pr_err("libshare: lock_wait_ms must be a number from 0 to %u\n", LOCK_WAIT_MS_MAX);
		return err;
	}
	WRITE_ONCE(lock_wait_ms, ms);
	return 0;
}

static const struct kernel_param_ops lock_wait_ops = {
	.set = set_lock_wait,
	.get = param_get_uint,
};

module_param_cb(lock_wait_ms, &lock_wait_ops, &lock_wait_ms, 0644);
MODULE_PARM_DESC(lock_wait_ms,
		 "Milliseconds that a scan waits for locks in all, before it skips processes (2000)");

static void spend(struct libshare_wait *wait, u64 since)
{
	wait->left_ns -= min(wait->left_ns, ktime_get_ns() - since);
}

/*
 * End the interruptible sleep of the reader, again and again until the timer is
 * cancelled. It is done as the freezer does it (fake_signal_wake_up() in
 * kernel/freezer.c).
 */
static enum hrtimer_restart ring(struct hrtimer *timer)
{
	struct libshare_wait *wait = container_of(timer, struct libshare_wait, timer);

	set_tsk_thread_flag(wait->reader, TIF_SIGPENDING);
	wake_up_process(wait->reader);
	hrtimer_forward_now(timer, NSEC_PER_MSEC);
	return HRTIMER_RESTART;
}

/**
 * libshare_wait_begin() - Start with the whole budget.
 * @wait: The budget of a scan.
 * @cost: Where waits are counted.
 */
void libshare_wait_begin(struct libshare_wait *wait, struct libshare_cost *cost)
{
	wait->left_ns = READ_ONCE(lock_wait_ms) * (u64)NSEC_PER_MSEC;
	wait->cost = cost;
	wait->reader = current;
	hrtimer_setup(&wait->timer, ring, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
}

/* Take back what ring() pretended. */
static void forget_ring(void)
{
	struct sighand_struct *sighand = rcu_dereference_protected(current->sighand, true);

	spin_lock_irq(&sighand->siglock);
	recalc_sigpending();
	spin_unlock_irq(&sighand->siglock);
}

/*
 * Queue for the lock: true if it is held afterwards, with the CPU kept. The lock is
 * granted to a sleeper, so that a moment passes before that runs and keeps the CPU.
 */
static bool queue(struct libshare_wait *wait, struct mm_struct *mm, u64 limit_ns)
{
	bool held;

	hrtimer_start(&wait->timer, ns_to_ktime(limit_ns), HRTIMER_MODE_REL);
	held = !down_read_interruptible(&mm->mmap_lock);
	if (held)
		libshare_keep_cpu();
	hrtimer_cancel(&wait->timer);
	forget_ring();
	return held;
}

static bool try_lock(struct mm_struct *mm)
{
	libshare_keep_cpu();
	if (mmap_read_trylock(mm))
		return true;
	libshare_release_cpu();
	return false;
}

/**
 * libshare_wait_for_mmap_lock() - Wait until an mmap_lock can be had.
 * @wait: The budget of the scan, from which the time is taken.
 * @mm: The address space; a try has failed just now.
 * @limit_ns: How long to wait at most.
 *
 * A signal that does not kill ends the queueing, but not the trying.
 *
 * Context: May sleep; no lock but scan_mutex is held.
 * Return: 0 with the lock held for reading and the CPU kept, -EAGAIN if it was not to be
 * had in time, -EINTR if the reader was killed.
 */
int libshare_wait_for_mmap_lock(struct libshare_wait *wait, struct mm_struct *mm, u64 limit_ns)
{
	u64 since = ktime_get_ns(), limit = min(limit_ns, wait->left_ns), waited = 0;
	unsigned long step = 20;
	bool held = false;

	if (!limit)
		return -EAGAIN;
	wait->cost->mmap_lock_waits++;
	while (!held && waited < limit && !fatal_signal_pending(current)) {
		if (waited >= TRY_NS && !signal_pending(current)) {
			held = queue(wait, mm, limit - waited);
		} else {
			usleep_range(step, step * 2);
			step = min(step * 2, 5000UL);
			held = try_lock(mm);
		}
		waited = ktime_get_ns() - since;
	}
	spend(wait, since);
	if (held)
		return 0;
	return fatal_signal_pending(current) ? -EINTR : -EAGAIN;
}

/**
 * libshare_wait_pause() - Wait a moment before another try, of whatever lock.
 * @wait: The budget of the scan, from which the time is taken.
 * @tries: How often it was tried: the more often, the longer the pause.
 *
 * Context: May sleep; no lock but scan_mutex is held.
 * Return: 0, or -EAGAIN if the budget is used up.
 */
int libshare_wait_pause(struct libshare_wait *wait, unsigned int tries)
{
	unsigned long step = min(20UL << min(tries, 8U), 5000UL);
	u64 since = ktime_get_ns();

	if (!wait->left_ns)
		return -EAGAIN;
	usleep_range(step, step * 2);
	spend(wait, since);
	return 0;
}
