/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_DEBUGFS_H
#define LIBSHARE_DEBUGFS_H

int libshare_debugfs_setup(void);
void libshare_debugfs_teardown(void);

#endif
