/* SPDX-License-Identifier: GPL-2.0-only */
/* Addresses that the loader must relocate. */
#ifndef LIBSHARE_TARGETS_H
#define LIBSHARE_TARGETS_H

#include <gelf.h>
#include <stdbool.h>

#define LIBSHARE_ELF_HEADERS 4096	/* of sections that are looked at */

struct libshare_target {
	uint64_t address;
	bool relative;		/* only the address of the file is added */
};

struct libshare_targets {
	struct libshare_target *at; /* by address; for free() */
	size_t nr, room;
	uint64_t left;		/* bytes that may still be read */
	unsigned int relative;	/* type of such relocations */
	uint64_t base;		/* of packed relocations: address of the next word */
	bool full;		/* there were more */
};

Elf_Scn *libshare_elf_next(Elf *elf, Elf_Scn *scn, bool *cut);
void libshare_targets_read(struct libshare_targets *t, Elf *elf, bool *cut);

#endif
