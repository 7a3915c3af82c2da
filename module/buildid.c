// SPDX-License-Identifier: GPL-2.0-only
/*
 * The build ID in an ELF file, which is hostile input: any bytes may come, and
 * each number that is read from it is only ever an offset or a length for the
 * next read, which checks it. Follows elf(5), and the note that ld(1) writes
 * for --build-id. Runs in user space for its unit tests and its fuzzer.
 */
#include <linux/elf.h>
#include <linux/string.h>

#include "buildid.h"

/* More than any linker makes; a file with more is not worth the time. */
#define MAX_SEGMENTS 256
#define MAX_NOTES 64		/* in all of them */

#define NOTE_BUILD_ID 3		/* NT_GNU_BUILD_ID in elf.h of the C library */

struct elf {
	libshare_read_fn read;
	void *file;
	bool is64;
	u64 phoff;
	unsigned int phnum;
	unsigned int phentsize;
	unsigned int notes_left;
};

struct segment {
	u32 type;
	u64 offset;
	u64 size;
	u64 align;
};

static bool read_header(struct elf *elf)
{
	u8 ident[EI_NIDENT];
	const u16 one = 1;
	u8 native = *(const u8 *)&one ? ELFDATA2LSB : ELFDATA2MSB;
	Elf64_Ehdr e64;
	Elf32_Ehdr e32;

	if (!elf->read(elf->file, 0, ident, sizeof(ident)) || memcmp(ident, ELFMAG, SELFMAG) ||
	    ident[EI_DATA] != native)
		return false;
	elf->is64 = ident[EI_CLASS] == ELFCLASS64;
	if (elf->is64 && elf->read(elf->file, 0, &e64, sizeof(e64))) {
		elf->phoff = e64.e_phoff;
		elf->phnum = e64.e_phnum;
		elf->phentsize = e64.e_phentsize;
		return elf->phentsize >= sizeof(Elf64_Phdr);
	}
	if (ident[EI_CLASS] == ELFCLASS32 && elf->read(elf->file, 0, &e32, sizeof(e32))) {
		elf->phoff = e32.e_phoff;
		elf->phnum = e32.e_phnum;
		elf->phentsize = e32.e_phentsize;
		return elf->phentsize >= sizeof(Elf32_Phdr);
	}
	return false;
}

static bool read_segment(const struct elf *elf, unsigned int nr, struct segment *seg)
{
	u64 offset = elf->phoff + (u64)nr * elf->phentsize;
	Elf64_Phdr p64;
	Elf32_Phdr p32;

	if (elf->is64) {
		if (!elf->read(elf->file, offset, &p64, sizeof(p64)))
			return false;
		*seg = (struct segment) { p64.p_type, p64.p_offset, p64.p_filesz, p64.p_align };
	} else {
		if (!elf->read(elf->file, offset, &p32, sizeof(p32)))
			return false;
		*seg = (struct segment) { p32.p_type, p32.p_offset, p32.p_filesz, p32.p_align };
	}
	return true;
}

static u64 padded(u64 size, u64 align)
{
	return (size + align - 1) & ~(align - 1);
}

/* Look through the notes of one segment; the length of the build ID, or 0. */
static size_t find_in_notes(struct elf *elf, const struct segment *seg, u8 *id)
{
	u64 align = seg->align == 8 ? 8 : 4, at = 0;

	for (; elf->notes_left; elf->notes_left--) {
		Elf32_Nhdr note;	/* the same for both classes */
		u64 name, desc;
		char owner[4];

		if (at > seg->size || seg->size - at < sizeof(note) ||
		    !elf->read(elf->file, seg->offset + at, &note, sizeof(note)))
			return 0;
		name = at + sizeof(note);
		desc = padded(name + note.n_namesz, align);
		if (desc > seg->size || seg->size - desc < note.n_descsz)
			return 0;
		if (note.n_type == NOTE_BUILD_ID && note.n_namesz == sizeof(owner) &&
		    note.n_descsz && note.n_descsz <= LIBSHARE_BUILDID_MAX) {
			if (!elf->read(elf->file, seg->offset + name, owner, sizeof(owner)))
				return 0;
			if (!memcmp(owner, "GNU", sizeof(owner)))
				return elf->read(elf->file, seg->offset + desc, id,
						 note.n_descsz) ? note.n_descsz : 0;
		}
		at = padded(desc + note.n_descsz, align);
	}
	return 0;
}

/**
 * libshare_buildid_find() - Find the build ID of an ELF file.
 * @read: Reads bytes of the file.
 * @file: Handed to @read.
 * @id: Where to put the build ID.
 *
 * Return: Its length in bytes, or 0 if it has none that can be found: not an ELF file of
 * this machine's byte order, no such note, or not readable.
 */
size_t libshare_buildid_find(libshare_read_fn read, void *file, u8 id[LIBSHARE_BUILDID_MAX])
{
	struct elf elf = { .read = read, .file = file, .notes_left = MAX_NOTES };
	struct segment seg;
	unsigned int i;
	size_t len;

	if (!read_header(&elf))
		return 0;
	for (i = 0; i < elf.phnum && i < MAX_SEGMENTS && elf.notes_left; i++) {
		if (!read_segment(&elf, i, &seg))
			return 0;
		if (seg.type != PT_NOTE)
			continue;
		len = find_in_notes(&elf, &seg, id);
		if (len)
			return len;
	}
	return 0;
}
