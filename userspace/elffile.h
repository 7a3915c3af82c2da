/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_ELFFILE_H
#define LIBSHARE_ELFFILE_H

#include <stdbool.h>

#include "snapshot.h"

bool libshare_elf_read(struct libshare_snapshot *snap, uint64_t lib, int fd);
void libshare_elf_add(struct libshare_snapshot *snap, const struct libshare_library *only);

#endif
