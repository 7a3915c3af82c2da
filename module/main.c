// SPDX-License-Identifier: GPL-2.0-only
/*
 * libshare - how much memory shared libraries save, page by page.
 *
 * This file only loads and unloads; scan.c tells how a scan goes.
 */
#include <linux/init.h>
#include <linux/module.h>

#include "debugfs.h"
#include "pages.h"
#include "scan.h"
#include "stats.h"
#include "workers.h"

static int __init libshare_init(void)
{
	int err = libshare_pages_setup();

	if (err)
		return err;
	err = libshare_stats_setup();
	if (err)
		goto teardown_pages;
	err = libshare_workers_setup();
	if (err)
		goto teardown_stats;
	err = libshare_debugfs_setup();
	if (err)
		goto teardown_workers;
	return 0;

teardown_workers:
	libshare_workers_teardown();
teardown_stats:
	libshare_stats_teardown();
teardown_pages:
	libshare_pages_teardown();
	return err;
}

static void __exit libshare_exit(void)
{
	libshare_debugfs_teardown();
	libshare_scan_teardown();
	libshare_workers_teardown();
	libshare_stats_teardown();
	libshare_pages_teardown();
}

module_init(libshare_init);
module_exit(libshare_exit);

MODULE_DESCRIPTION("How much memory shared libraries save, page by page");
MODULE_AUTHOR("The libshare authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(LIBSHARE_VERSION);
