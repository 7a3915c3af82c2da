/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_ELFFILE_H
#define LIBSHARE_ELFFILE_H

#include <stdbool.h>

#include "snapshot.h"

/* Notes of a library, as roles of a section that is none. */
#define LIBSHARE_NOTE_CUT "cut short"		/* the file has more than was read of it */
#define LIBSHARE_NOTE_NOT_ELF "not ELF"		/* so that it has no sections */
#define LIBSHARE_NOTE_STRIPPED "no section headers"	/* segments stand for sections */
#define LIBSHARE_NOTE_PATH "path shortened"	/* so that the file could not be opened */

void libshare_elf_note(struct libshare_snapshot *snap, uint64_t lib, const char *note);
void libshare_elf_read(struct libshare_snapshot *snap, uint64_t lib, int fd, uint64_t *left);
int libshare_elf_open(const struct libshare_snapshot *snap, const struct libshare_library *lib);
void libshare_elf_add(struct libshare_snapshot *snap, const struct libshare_library *only);

#endif
