// SPDX-License-Identifier: GPL-2.0-only
/* Build IDs, read from files that any user may have made. */
#include <gelf.h>
#include <stdio.h>
#include <string.h>

#include "data/proc/proc.h"

#define NOTES (1u << 20)	/* bytes of notes that are read at most */

static const char *find_buildid(struct snapshot *snap, Elf_Data *notes)
{
	size_t at = 0, next, name, desc, i;
	const unsigned char *bytes = notes->d_buf;
	char hex[129];
	GElf_Nhdr note;

	for (; (next = gelf_getnote(notes, at, &note, &name, &desc)); at = next) {
		if (note.n_type != NT_GNU_BUILD_ID || note.n_namesz != sizeof("GNU") ||
		    memcmp(bytes + name, "GNU", sizeof("GNU")) || note.n_descsz > 64)
			continue;
		for (i = 0; i < note.n_descsz; i++)
			sprintf(hex + 2 * i, "%02x", bytes[desc + i]);
		return note.n_descsz ? snapshot_keep(snap, hex) : NULL;
	}
	return NULL;
}

/**
 * proc_buildid() - Read the GNU build ID of an ELF file.
 * @snap: The snapshot, which keeps it.
 * @fd: The file.
 *
 * Return: The build ID in hex, or NULL.
 */
const char *proc_buildid(struct snapshot *snap, int fd)
{
	const char *id = NULL;
	size_t nr = 0, i;
	GElf_Phdr head;
	Elf_Data *notes;
	Elf *elf;

	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ, NULL);
	if (!elf || elf_getphdrnum(elf, &nr))
		nr = 0;
	for (i = 0; !id && i < nr && i < UINT16_MAX && gelf_getphdr(elf, i, &head); i++) {
		if (head.p_type != PT_NOTE || head.p_filesz > NOTES)
			continue;
		notes = elf_getdata_rawchunk(elf, head.p_offset, head.p_filesz,
					     head.p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR);
		if (notes)
			id = find_buildid(snap, notes);
	}
	elf_end(elf);
	return id;
}
