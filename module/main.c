// SPDX-License-Identifier: GPL-2.0-only
/*
 * libshare - how much memory shared libraries save, page by page.
 *
 * This file only loads and unloads; scan.c tells how a scan goes.
 */
#include <linux/init.h>
#include <linux/module.h>
#include <linux/moduleparam.h>

#include "debugfs.h"
#include "pages.h"
#include "scan.h"
#include "stats.h"
#include "vmas.h"

static unsigned int lock_wait_ms = 100;

static int set_lock_wait(const char *text, const struct kernel_param *kp)
{
	unsigned int ms;
	int err = kstrtouint(text, 0, &ms);

	if (!err)
		err = libshare_vmas_set_lock_wait(ms);
	if (err) {
		pr_err("libshare: lock_wait_ms must be 0 to 10000, not '%s'\n", text);
		return err;
	}
	lock_wait_ms = ms;
	return 0;
}

static const struct kernel_param_ops lock_wait_ops = {
	.set = set_lock_wait,
	.get = param_get_uint,
};

module_param_cb(lock_wait_ms, &lock_wait_ops, &lock_wait_ms, 0644);
MODULE_PARM_DESC(lock_wait_ms,
		 "Milliseconds to wait for a process's mmap_lock before it is skipped (100)");

static int __init libshare_init(void)
{
	int err = libshare_pages_setup();

	if (err)
		return err;
	err = libshare_stats_setup();
	if (err)
		goto teardown_pages;
	libshare_debugfs_setup();
	return 0;

teardown_pages:
	libshare_pages_teardown();
	return err;
}

static void __exit libshare_exit(void)
{
	libshare_debugfs_teardown();
	libshare_scan_teardown();
	libshare_stats_teardown();
	libshare_pages_teardown();
}

module_init(libshare_init);
module_exit(libshare_exit);

MODULE_DESCRIPTION("How much memory shared libraries save, page by page");
MODULE_AUTHOR("The libshare authors");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1");
