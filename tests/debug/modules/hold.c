// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lets a program sleep, uninterruptibly, while it holds its own mmap_lock for
 * writing, as one does that waits for a dead file server:
 *
 *	echo MILLISECONDS > /sys/module/hold/parameters/mmap_lock_ms
 */
#include <linux/delay.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>

static int hold_mmap_lock(const char *text, const struct kernel_param *kp)
{
	unsigned int ms;
	int err = kstrtouint(text, 0, &ms);

	if (err)
		return err;
	mmap_write_lock(current->mm);
	msleep(ms);
	mmap_write_unlock(current->mm);
	return 0;
}

static const struct kernel_param_ops hold_ops = { .set = hold_mmap_lock };

module_param_cb(mmap_lock_ms, &hold_ops, NULL, 0200);
MODULE_PARM_DESC(mmap_lock_ms, "Sleep this long with the writer's mmap_lock held for writing");

MODULE_DESCRIPTION("Sleep with a lock held, for tests");
MODULE_LICENSE("GPL");
