/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_SCAN_H
#define LIBSHARE_SCAN_H

struct libshare_snapshot;

struct libshare_snapshot *libshare_scan(unsigned int want);
void libshare_scan_teardown(void);

#endif
