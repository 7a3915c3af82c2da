/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_SCAN_H
#define LIBSHARE_SCAN_H

struct libshare_snapshot;

struct libshare_snapshot *libshare_scan(unsigned int want);

/* debugfs.c, from which scans are asked for */
int libshare_debugfs_setup(void);
void libshare_debugfs_teardown(void);

#endif
