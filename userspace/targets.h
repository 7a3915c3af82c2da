/* SPDX-License-Identifier: GPL-2.0-only */
/* Addresses that the loader must relocate. */
#ifndef LIBSHARE_TARGETS_H
#define LIBSHARE_TARGETS_H

#include <gelf.h>
#include <stdbool.h>

#define LIBSHARE_ELF_HEADERS 4096	/* of sections that are looked at */

struct libshare_targets {
	uint64_t *at;		/* addresses; for free() */
	size_t nr, room;
	uint64_t left;		/* bytes that may still be read */
	uint64_t base;		/* of packed relocations: address of the next word */
	bool full;		/* there were more */
};

Elf_Scn *libshare_elf_next(Elf *elf, Elf_Scn *scn, bool *cut);
void libshare_targets_read(struct libshare_targets *t, Elf *elf, bool *cut);

#endif
