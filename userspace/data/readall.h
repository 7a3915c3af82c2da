/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef READALL_H
#define READALL_H

#include <stddef.h>

char *readall(int fd, size_t *size);

#endif
