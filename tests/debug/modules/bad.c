// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does on purpose what libshare must not, to see that a kernel notices:
 *
 *	insmod bad.ko what=use-after-free
 */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

static char *what = "";
module_param(what, charp, 0);
MODULE_PARM_DESC(what, "Which mistake to make");

static DEFINE_MUTEX(first);
static DEFINE_MUTEX(second);
static DEFINE_SPINLOCK(spin);
static volatile unsigned int shift = 40;
static volatile int zero;
static unsigned long counted;

static void use_after_free(void)
{
	char *p = kmalloc(100, GFP_KERNEL);

	OPTIMIZER_HIDE_VAR(p);
	kfree(p);
	if (p)
		WRITE_ONCE(p[10], 1);
}

static void out_of_bounds(void)
{
	char *p = kmalloc(100, GFP_KERNEL);

	OPTIMIZER_HIDE_VAR(p);
	if (p)
		WRITE_ONCE(p[100 + zero], 1);
	kfree(p);
}

static void leak(void)
{
	void *p = kmalloc(100, GFP_KERNEL);

	OPTIMIZER_HIDE_VAR(p);
	memset(&p, 0, sizeof(p));
}

static void deadlock(void)
{
	mutex_lock(&first);
	mutex_lock(&second);
	mutex_unlock(&second);
	mutex_unlock(&first);
	mutex_lock(&second);
	mutex_lock(&first);
	mutex_unlock(&first);
	mutex_unlock(&second);
}

static void sleep_in_atomic(void)
{
	spin_lock(&spin);
	msleep(20);
	spin_unlock(&spin);
}

static void shift_too_far(void)
{
	zero += 1 << shift;
	zero = 0;
}

static int count(void *unused)
{
	while (!kthread_should_stop()) {
		counted++;
		cond_resched();
	}
	return 0;
}

static void race(void)
{
	struct task_struct *other = kthread_create(count, NULL, "bad");
	unsigned long end = jiffies + 5 * HZ;

	if (IS_ERR(other))
		return;
	migrate_disable();
	kthread_bind(other, cpumask_any_but(cpu_online_mask, smp_processor_id()));
	wake_up_process(other);
	while (time_before(jiffies, end)) {
		counted++;
		cond_resched();
	}
	migrate_enable();
	kthread_stop(other);
}

static const struct {
	const char *name;
	void (*make)(void);
} mistakes[] = {
	{ "use-after-free", use_after_free },
	{ "out-of-bounds", out_of_bounds },
	{ "leak", leak },
	{ "deadlock", deadlock },
	{ "sleep-in-atomic", sleep_in_atomic },
	{ "shift", shift_too_far },
	{ "race", race },
};

static int __init bad_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(mistakes); i++) {
		if (strcmp(mistakes[i].name, what))
			continue;
		mistakes[i].make();
		return 0;
	}
	return -EINVAL;
}

static void __exit bad_exit(void)
{
}

module_init(bad_init);
module_exit(bad_exit);

MODULE_DESCRIPTION("Make a mistake, for tests");
MODULE_LICENSE("GPL");
