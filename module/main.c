// SPDX-License-Identifier: GPL-2.0-only
/*
 * libshare - how much memory shared libraries save, page by page.
 *
 * This file only loads and unloads; scan.c tells how a scan goes.
 */
#include <linux/init.h>
#include <linux/module.h>

#include "library.h"
#include "pages.h"
#include "scan.h"
#include "snapshot.h"
#include "stats.h"

static int __init libshare_init(void)
{
	int err = libshare_pages_setup();

	if (err)
		return err;
	err = libshare_snapshot_setup();
	if (err)
		goto teardown_pages;
	err = libshare_files_setup();
	if (err)
		goto teardown_snapshot;
	err = libshare_stats_setup();
	if (err)
		goto teardown_files;
	err = libshare_debugfs_setup();
	if (err)
		goto teardown_stats;
	return 0;

teardown_stats:
	libshare_stats_teardown();
teardown_files:
	libshare_files_teardown();
teardown_snapshot:
	libshare_snapshot_teardown();
teardown_pages:
	libshare_pages_teardown();
	return err;
}

static void __exit libshare_exit(void)
{
	libshare_debugfs_teardown();
	libshare_stats_teardown();
	libshare_files_teardown();
	libshare_snapshot_teardown();
	libshare_pages_teardown();
}

module_init(libshare_init);
module_exit(libshare_exit);

MODULE_DESCRIPTION("How much memory shared libraries save, page by page");
MODULE_AUTHOR("The libshare authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(LIBSHARE_VERSION);
