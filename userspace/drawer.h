/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_DRAWER_H
#define LIBSHARE_DRAWER_H

int libshare_drawer_run(char **argv);

#endif
