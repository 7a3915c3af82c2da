// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a library's ELF headers say: which section lies where in the file, and
 * in which pages the loader must write to relocate pointers.
 *
 * Any user may have made the file, and a sparse one may claim to be of any size.
 * Each thing that is read or kept has a bound, beyond what real libraries have;
 * libelf is given nothing that it would read in one piece.
 */
#include <gelf.h>
#include <string.h>
#include <unistd.h>

#include "data/alloc.h"
#include "data/elffile.h"
#include "data/order.h"
#include "data/targets.h"

#define MAX_PARTS 512		/* sections that are in memory, and segments */
#define MAX_NAMES (1 << 20)	/* bytes of their names */
#define MAX_NAME 64		/* bytes of one */
#define MAX_READ (64 << 20)	/* bytes of one file, but for its headers */
#define MAX_RUNS 8192		/* runs of pages that have some */
#define MAX_ROWS (1 << 20)	/* of a table, of all files together */

/* A section that is in memory, while a file is read. */
struct part {
	size_t number;
	const char *name;
	uint64_t address, offset, size;
	bool writable, code;
};

struct reader {
	struct snapshot *snap;
	uint64_t lib;
	Elf *elf;
	struct part *part;
	size_t parts;
	uint64_t relro, relro_end;	/* addresses */
	Elf_Data *names;		/* of sections; or NULL */
	struct targets targets;
	bool cut;			/* some bound was reached */
	bool not_elf;			/* it is some other file */
};

static void add_elf(struct reader *r, size_t number, const char *name, const char *role,
		    uint64_t offset, uint64_t size)
{
	struct elf *row;

	if (r->snap->table[ELF].nr >= MAX_ROWS) {
		r->cut = true;
		return;
	}
	row = snapshot_add(r->snap, ELF);
	row->lib = r->lib;
	row->number = number;
	row->section = snapshot_keep(r->snap, name);
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
static const char *name_at(struct reader *r, size_t at)
{
	size_t len = 0, most;
	const char *name;
	char *copy, *c;

	if (!r->names || at >= r->names->d_size)
		return "?";
	name = (const char *)r->names->d_buf + at;
	most = r->names->d_size - at;
	len = strnlen(name, most < MAX_NAME ? most : MAX_NAME);
	if (!len)
		return "?";
	copy = snapshot_text(r->snap, len + 1);
	memcpy(copy, name, len);
	copy[len] = '\0';
	for (c = copy; *c; c++)
		if (*c <= ' ' || *c > '~' || *c == '\\')
			*c = '?';
	return copy;
}

static void add_part(struct reader *r, struct part part)
{
	if (!part.size)
		return;
	if (r->parts == MAX_PARTS) {
		r->cut = true;
		return;
	}
	r->part = xrealloc(r->part, r->parts + 1, sizeof(*r->part));
	r->part[r->parts++] = part;
}

static void read_names(struct reader *r)
{
	size_t number;
	GElf_Shdr head;

	if (elf_getshdrstrndx(r->elf, &number) ||
	    !gelf_getshdr(elf_getscn(r->elf, number), &head))
		return;
	if (head.sh_size > MAX_NAMES) {
		head.sh_size = MAX_NAMES;
		r->cut = true;
	}
	r->targets.left -= head.sh_size < r->targets.left ? head.sh_size : r->targets.left;
	r->names = elf_getdata_rawchunk(r->elf, head.sh_offset, head.sh_size, ELF_T_BYTE);
}

static void read_sections(struct reader *r)
{
	Elf_Scn *scn = NULL;
	GElf_Shdr head;

	read_names(r);
	while ((scn = elf_next_section(r->elf, scn, &r->cut))) {
		if (!gelf_getshdr(scn, &head) || !(head.sh_flags & SHF_ALLOC) ||
		    head.sh_type == SHT_NOBITS)
			continue;
		add_part(r, (struct part){
			.number = elf_ndxscn(scn),
			.name = name_at(r, head.sh_name),
			.address = head.sh_addr, .offset = head.sh_offset, .size = head.sh_size,
			.writable = head.sh_flags & SHF_WRITE,
			.code = head.sh_flags & SHF_EXECINSTR,
		});
	}
}

/* How many segments are looked at. */
static size_t segments(struct reader *r)
{
	size_t nr;

	if (elf_getphdrnum(r->elf, &nr))
		return 0;
	if (nr <= MAX_PARTS)
		return nr;
	r->cut = true;
	return MAX_PARTS;
}

static void find_relro(struct reader *r)
{
	size_t nr = segments(r), i;
	GElf_Phdr head;

	for (i = 0; i < nr && gelf_getphdr(r->elf, i, &head); i++) {
		if (head.p_type != PT_GNU_RELRO)
			continue;
		r->relro = head.p_vaddr;
		r->relro_end = head.p_vaddr + head.p_memsz;
	}
}

/* A segment stands for a section; what the loader makes read-only, for one of its own. */
static void add_segment(struct reader *r, size_t number, const GElf_Phdr *head)
{
	struct part part = {
		.number = number + 1,
		.name = head->p_flags & PF_W ? "(data)" :
			head->p_flags & PF_X ? "(text)" : "(rodata)",
		.address = head->p_vaddr, .offset = head->p_offset, .size = head->p_filesz,
		.writable = head->p_flags & PF_W, .code = head->p_flags & PF_X,
	};
	struct part relro = part;

	if (part.writable && r->relro >= part.address && r->relro < part.address + part.size) {
		relro.number = 2 * ELF_HEADERS + number;
		relro.name = "(relro)";
		relro.size = r->relro_end - part.address;
		if (relro.size > part.size)
			relro.size = part.size;
		add_part(r, relro);
		part.address += relro.size;
		part.offset += relro.size;
		part.size -= relro.size;
	}
	add_part(r, part);
}

/* Where section headers were stripped, segments stand for sections. */
static void read_segments(struct reader *r)
{
	size_t nr = segments(r), i;
	GElf_Phdr head;

	for (i = 0; i < nr && gelf_getphdr(r->elf, i, &head); i++)
		if (head.p_type == PT_LOAD)
			add_segment(r, i, &head);
}

/*
 * Where a segment's file part ends within a page, the kernel or the loader fills the
 * rest of that page with zeros, for .bss: a write.
 */
static void add_bss(struct reader *r)
{
	uint64_t page = r->snap->page_size;
	size_t nr = segments(r), i;
	GElf_Phdr head;

	for (i = 0; i < nr && gelf_getphdr(r->elf, i, &head); i++) {
		uint64_t end = head.p_offset + head.p_filesz, rest = -end % page;

		if (head.p_type == PT_LOAD && head.p_flags & PF_W && head.p_filesz && rest &&
		    head.p_memsz > head.p_filesz)
			add_elf(r, ELF_HEADERS + i, ".bss", "bss", end, rest);
	}
}

static int by_part_address(const void *a, const void *b)
{
	const struct part *x = a, *y = b;

	return order(x->address, y->address);
}

/* Note the pages with relocations, as runs; targets and parts are sorted. */
static void add_relocs(struct reader *r)
{
	const struct part *part = r->part, *end;
	uint64_t page = r->snap->page_size, first, last = 0;
	struct reloc *run = NULL;
	size_t i, runs = 0;

	if (!r->parts)
		return;
	end = part + r->parts;
	for (i = 0; i < r->targets.nr && part < end; i++) {
		uint64_t address = r->targets.at[i].address;

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
			run->relative += r->targets.at[i].relative;
		} else {
			if (runs++ == MAX_RUNS ||
			    r->snap->table[RELOCS].nr >= MAX_ROWS) {
				r->cut = true;
				return;
			}
			run = snapshot_add(r->snap, RELOCS);
			run->lib = r->lib;
			run->number = part->number;
			run->first = first;
			run->count = 1;
			run->relocs = 1;
			run->relative = r->targets.at[i].relative;
		}
		last = first;
	}
}

/*
 * Whether libelf can be given the file: it allocates for as many headers as there
 * are, and 16 bits are enough for the numbers of any that is loaded.
 */
static bool is_bounded(struct reader *r, int fd)
{
	char head[sizeof(Elf64_Ehdr)];
	ssize_t size = pread(fd, head, sizeof(head), 0);
	Elf *elf = size > 0 ? elf_memory(head, size) : NULL;
	bool fine = false;
	GElf_Ehdr ehdr;

	r->not_elf = !elf || elf_kind(elf) != ELF_K_ELF;
	if (elf && elf_kind(elf) == ELF_K_ELF && gelf_getehdr(elf, &ehdr)) {
		fine = (ehdr.e_shnum || !ehdr.e_shoff) && ehdr.e_phnum != PN_XNUM;
		r->cut |= !fine;
	}
	elf_end(elf);
	return fine;
}

static void read_file(struct reader *r)
{
	size_t i;

	read_sections(r);
	find_relro(r);
	if (!r->parts)
		read_segments(r);
	targets_read(&r->targets, r->elf, &r->cut);
	if (r->parts)
		qsort(r->part, r->parts, sizeof(*r->part), by_part_address);
	for (i = 0; i < r->parts; i++)
		add_elf(r, r->part[i].number, r->part[i].name, role_of(r, &r->part[i]),
			r->part[i].offset, r->part[i].size);
	add_bss(r);
	add_relocs(r);
}

/**
 * elf_note() - Note what keeps a library's sections from being known.
 * @snap: The snapshot.
 * @lib: Number of the library.
 * @note: NOTE_CUT or NOTE_PATH.
 */
void elf_note(struct snapshot *snap, uint64_t lib, const char *note)
{
	struct elf *row = snapshot_add(snap, ELF);

	/* A section of no bytes: programs that do not know the note pass it over. */
	row->lib = lib;
	row->role = note;
	row->offset = 0;
	row->size = 0;
}

/**
 * elf_read() - Add what an ELF file says to the tables elf and relocs.
 * @snap: The snapshot.
 * @lib: Number of the library.
 * @fd: The file.
 * @left: Bytes that may be read of this file and those after it; updated.
 *
 * Where the file has more than what is read of it, a note says so.
 */
void elf_read(struct snapshot *snap, uint64_t lib, int fd, uint64_t *left)
{
	uint64_t most = *left < MAX_READ ? *left : MAX_READ;
	struct reader r = { .snap = snap, .lib = lib, .targets.left = most };

	if (elf_version(EV_CURRENT) == EV_NONE)
		return;
	if (is_bounded(&r, fd)) {
		r.elf = elf_begin(fd, ELF_C_READ, NULL);
		if (r.elf)
			read_file(&r);
		elf_end(r.elf);
	}
	if (r.cut)
		elf_note(snap, lib, NOTE_CUT);
	else if (r.not_elf)
		elf_note(snap, lib, NOTE_NOT_ELF);
	*left -= most - r.targets.left;
	free(r.part);
	free(r.targets.at);
}
