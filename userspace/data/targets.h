/* SPDX-License-Identifier: GPL-2.0-only */
/* Addresses that the loader must relocate. */
#ifndef TARGETS_H
#define TARGETS_H

#include <gelf.h>
#include <stdbool.h>

#define ELF_HEADERS 4096	/* of sections that are looked at */

struct target {
	uint64_t address;
	bool relative;		/* only the address of the file is added */
};

struct targets {
	struct target *at; /* by address; for free() */
	size_t nr, room;
	uint64_t left;		/* bytes that may still be read */
	unsigned int relative;	/* type of such relocations */
	uint64_t base;		/* of packed relocations: address of the next word */
	bool full;		/* there were more */
};

Elf_Scn *elf_next_section(Elf *elf, Elf_Scn *scn, bool *cut);
void targets_read(struct targets *t, Elf *elf, bool *cut);

#endif
