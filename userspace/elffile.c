// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a library's ELF headers say: which section lies where in the file, and
 * in which pages the loader must write to relocate pointers.
 */
#include <gelf.h>
#include <string.h>

#include "alloc.h"
#include "elffile.h"

#define MAX_SECTIONS 4096

/* A section that is in memory, while a file is read. */
struct part {
	size_t number;
	const char *name;
	uint64_t address, offset, size;
	bool writable, code;
};

struct reader {
	struct libshare_snapshot *snap;
	uint64_t lib;
	Elf *elf;
	struct part *part;
	size_t parts;
	uint64_t relro, relro_end;	/* addresses */
	uint64_t *target;		/* addresses that are relocated */
	size_t targets, room;
};

static void add_elf(struct reader *r, size_t number, const char *name, const char *role,
		    uint64_t offset, uint64_t size)
{
	struct libshare_elf *row = libshare_snapshot_add(r->snap, LIBSHARE_ELF);

	row->lib = r->lib;
	row->number = number;
	row->section = libshare_snapshot_keep(r->snap, name);
	row->role = role;
	row->offset = offset;
	row->size = size;
}

static const char *role_of(const struct reader *r, const struct part *part)
{
	if (part->address >= r->relro && part->address < r->relro_end)
		return "relro";
	if (part->writable)
		return "data";
	return part->code ? "text" : "rodata";
}

/* Names come from the file: whatever is odd in them becomes a question mark. */
static const char *clean_name(struct reader *r, const char *name)
{
	char *copy, *c;

	if (!name || !*name)
		return "?";
	copy = libshare_snapshot_text(r->snap, strnlen(name, 64) + 1);
	snprintf(copy, strnlen(name, 64) + 1, "%s", name);
	for (c = copy; *c; c++)
		if (*c <= ' ' || *c > '~' || *c == '\\')
			*c = '?';
	return copy;
}

static void add_part(struct reader *r, struct part part)
{
	if (!part.size || r->parts == MAX_SECTIONS)
		return;
	r->part = xrealloc(r->part, r->parts + 1, sizeof(*r->part));
	r->part[r->parts++] = part;
}

static void read_sections(struct reader *r)
{
	size_t names;
	Elf_Scn *scn = NULL;
	GElf_Shdr head;

	if (elf_getshdrstrndx(r->elf, &names))
		return;
	while ((scn = elf_nextscn(r->elf, scn))) {
		if (!gelf_getshdr(scn, &head) || !(head.sh_flags & SHF_ALLOC) ||
		    head.sh_type == SHT_NOBITS)
			continue;
		add_part(r, (struct part){
			.number = elf_ndxscn(scn),
			.name = clean_name(r, elf_strptr(r->elf, names, head.sh_name)),
			.address = head.sh_addr, .offset = head.sh_offset, .size = head.sh_size,
			.writable = head.sh_flags & SHF_WRITE,
			.code = head.sh_flags & SHF_EXECINSTR,
		});
	}
}

/* Where section headers were stripped, segments stand for sections. */
static void read_segments(struct reader *r, bool as_sections)
{
	size_t nr, i;
	GElf_Phdr head;

	if (elf_getphdrnum(r->elf, &nr))
		return;
	for (i = 0; i < nr && gelf_getphdr(r->elf, i, &head); i++) {
		if (head.p_type == PT_GNU_RELRO) {
			r->relro = head.p_vaddr;
			r->relro_end = head.p_vaddr + head.p_memsz;
		}
		if (head.p_type != PT_LOAD || !as_sections)
			continue;
		add_part(r, (struct part){
			.number = i + 1,
			.name = head.p_flags & PF_W ? "(data)" :
				head.p_flags & PF_X ? "(text)" : "(rodata)",
			.address = head.p_vaddr, .offset = head.p_offset, .size = head.p_filesz,
			.writable = head.p_flags & PF_W, .code = head.p_flags & PF_X,
		});
	}
}

/*
 * Where a segment's file part ends within a page, whoever loads it fills the
 * rest of that page with zeros, for .bss: a write.
 */
static void add_bss(struct reader *r)
{
	uint64_t page = r->snap->page_size;
	size_t nr, i;
	GElf_Phdr head;

	if (elf_getphdrnum(r->elf, &nr))
		return;
	for (i = 0; i < nr && gelf_getphdr(r->elf, i, &head); i++) {
		uint64_t end = head.p_offset + head.p_filesz, rest = -end % page;

		if (head.p_type == PT_LOAD && head.p_flags & PF_W && head.p_filesz && rest &&
		    head.p_memsz > head.p_filesz)
			add_elf(r, MAX_SECTIONS + i, ".bss", "bss", end, rest);
	}
}

static void add_target(struct reader *r, uint64_t address)
{
	if (r->targets == r->room) {
		r->room = r->room ? 2 * r->room : 1024;
		r->target = xrealloc(r->target, r->room, sizeof(*r->target));
	}
	r->target[r->targets++] = address;
}

static void read_rel(struct reader *r, Elf_Data *data, const GElf_Shdr *head)
{
	size_t nr = head->sh_entsize ? head->sh_size / head->sh_entsize : 0, i;
	GElf_Rela rela;
	GElf_Rel rel;

	for (i = 0; i < nr; i++) {
		if (head->sh_type == SHT_RELA) {
			if (!gelf_getrela(data, i, &rela))
				return;
			rel.r_offset = rela.r_offset;
			rel.r_info = rela.r_info;
		} else if (!gelf_getrel(data, i, &rel)) {
			return;
		}
		if (GELF_R_TYPE(rel.r_info))
			add_target(r, rel.r_offset);
	}
}

/* Packed relative relocations: an address, then bit maps of the words after it. */
static void read_relr(struct reader *r, Elf_Data *data)
{
	size_t word = gelf_getclass(r->elf) == ELFCLASS32 ? 4 : 8, at;
	uint64_t base = 0, bits;
	unsigned int i;

	for (at = 0; at + word <= data->d_size; at += word) {
		const char *from = (const char *)data->d_buf + at;
		uint32_t half;

		memcpy(&half, from, sizeof(half));
		bits = half;
		if (word == 8)
			memcpy(&bits, from, sizeof(bits));
		if (!(bits & 1)) {
			add_target(r, bits);
			base = bits + word;
			continue;
		}
		for (i = 0; bits >>= 1; i++)
			if (bits & 1)
				add_target(r, base + i * word);
		base += (8 * word - 1) * word;
	}
}

static void read_relocations(struct reader *r)
{
	Elf_Scn *scn = NULL;
	GElf_Shdr head;
	Elf_Data *data;

	while ((scn = elf_nextscn(r->elf, scn))) {
		if (!gelf_getshdr(scn, &head) || !(head.sh_flags & SHF_ALLOC))
			continue;
		if (head.sh_type != SHT_REL && head.sh_type != SHT_RELA &&
		    head.sh_type != SHT_RELR)
			continue;
		data = elf_getdata(scn, NULL);
		if (!data || !data->d_buf)
			continue;
		if (head.sh_type == SHT_RELR)
			read_relr(r, data);
		else
			read_rel(r, data, &head);
	}
}

static int by_address(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int by_part_address(const void *a, const void *b)
{
	const struct part *x = a, *y = b;

	return (x->address > y->address) - (x->address < y->address);
}

/* Note the pages with relocations, as runs; targets and parts are sorted. */
static void add_relocs(struct reader *r)
{
	const struct part *part = r->part, *end;
	uint64_t page = r->snap->page_size, first, last = 0;
	struct libshare_reloc *run = NULL;
	size_t i;

	if (!r->parts)
		return;
	end = part + r->parts;
	for (i = 0; i < r->targets && part < end; i++) {
		uint64_t address = r->target[i];

		while (part < end && address >= part->address + part->size) {
			part++;
			run = NULL;
		}
		if (part == end || address < part->address)
			continue;
		first = (part->offset + address - part->address) / page;
		if (run && first <= last + 1) {
			run->count += first - last;
			run->relocs++;
		} else {
			run = libshare_snapshot_add(r->snap, LIBSHARE_RELOCS);
			run->lib = r->lib;
			run->number = part->number;
			run->first = first;
			run->count = 1;
			run->relocs = 1;
		}
		last = first;
	}
}

/**
 * libshare_elf_read() - Add what an ELF file says to the tables elf and relocs.
 * @snap: The snapshot.
 * @lib: Number of the library.
 * @fd: The file.
 *
 * Return: Whether it is one.
 */
bool libshare_elf_read(struct libshare_snapshot *snap, uint64_t lib, int fd)
{
	struct reader r = { .snap = snap, .lib = lib };
	size_t i, before = snap->table[LIBSHARE_ELF].nr;

	if (elf_version(EV_CURRENT) == EV_NONE)
		return false;
	r.elf = elf_begin(fd, ELF_C_READ, NULL);
	if (!r.elf)
		return false;
	if (elf_kind(r.elf) == ELF_K_ELF) {
		read_sections(&r);
		read_segments(&r, !r.parts);
		read_relocations(&r);
		if (r.parts)
			qsort(r.part, r.parts, sizeof(*r.part), by_part_address);
		if (r.targets)
			qsort(r.target, r.targets, sizeof(*r.target), by_address);
		for (i = 0; i < r.parts; i++)
			add_elf(&r, r.part[i].number, r.part[i].name, role_of(&r, &r.part[i]),
				r.part[i].offset, r.part[i].size);
		add_bss(&r);
		add_relocs(&r);
	}
	elf_end(r.elf);
	free(r.part);
	free(r.target);
	return snap->table[LIBSHARE_ELF].nr > before;
}
