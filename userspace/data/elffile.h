/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ELFFILE_H
#define ELFFILE_H

#include <stdbool.h>

#include "data/snapshot.h"

/* Notes of a library, as roles of a section that is none. */
#define NOTE_CUT "cut short"		/* the file has more than was read of it */
#define NOTE_NOT_ELF "not ELF"		/* so that it has no sections */
#define NOTE_STRIPPED "no section headers"	/* segments stand for sections */
#define NOTE_PATH "path shortened"	/* so that the file could not be opened */

void elf_note(struct snapshot *snap, uint64_t lib, const char *note);
void elf_read(struct snapshot *snap, uint64_t lib, int fd, uint64_t *left);
int elf_open(const struct snapshot *snap, const struct library *lib);
void elf_add(struct snapshot *snap, const struct library *only);

#endif
