/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef DRAWER_H
#define DRAWER_H

int drawer_run(char **argv);

#endif
