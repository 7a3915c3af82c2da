// SPDX-License-Identifier: GPL-2.0-only
/*
 * Addresses that the loader must relocate. Any user may have made the file, and a
 * sparse one may claim to be of any size: it is read block by block, up to bounds
 * that real libraries stay below.
 */
#include "data/alloc.h"
#include "data/order.h"
#include "data/targets.h"

#define MAX_BLOCK (1 << 20)	/* bytes that are read at once */
#define MAX_TARGETS (1 << 21)

/**
 * elf_next_section() - The next section of a file, as elf_nextscn() has it.
 * @elf: The file.
 * @scn: The section before, or NULL.
 * @cut: Set if the file has more than ELF_HEADERS.
 *
 * Return: It, or NULL.
 */
Elf_Scn *elf_next_section(Elf *elf, Elf_Scn *scn, bool *cut)
{
	scn = elf_nextscn(elf, scn);
	if (!scn || elf_ndxscn(scn) < ELF_HEADERS)
		return scn;
	*cut = true;
	return NULL;
}

/* The relocation that only adds the address of the file; 0: not known. */
static unsigned int relative_type(Elf *elf)
{
	GElf_Ehdr head;

	if (!gelf_getehdr(elf, &head))
		return 0;
	switch (head.e_machine) {
	case EM_X86_64:
		return R_X86_64_RELATIVE;
	case EM_386:
		return R_386_RELATIVE;
	case EM_AARCH64:
		return R_AARCH64_RELATIVE;
	case EM_ARM:
		return R_ARM_RELATIVE;
	case EM_PPC64:
		return R_PPC64_RELATIVE;
	case EM_S390:
		return R_390_RELATIVE;
	case EM_RISCV:
		return R_RISCV_RELATIVE;
	}
	return 0;
}

/* Whether there is room for more. */
static bool add_target(struct targets *t, uint64_t address, bool relative)
{
	if (t->nr == MAX_TARGETS) {
		t->full = true;
		return false;
	}
	if (t->nr == t->room) {
		t->room = t->room ? 2 * t->room : 1024;
		t->at = xrealloc(t->at, t->room, sizeof(*t->at));
	}
	t->at[t->nr++] = (struct target){ address, relative };
	return true;
}

static bool take_rel(struct targets *t, Elf_Data *data, size_t nr, bool is_wide)
{
	GElf_Rela rela;
	GElf_Rel rel;
	size_t i;

	/* libelf has made them what this machine has: of 64 bits, they need no copying. */
	if (data->d_type == ELF_T_RELA && is_wide) {
		const Elf64_Rela *wide = data->d_buf;

		for (i = 0; i < nr; i++) {
			unsigned int type = ELF64_R_TYPE(wide[i].r_info);

			if (type && !add_target(t, wide[i].r_offset, type == t->relative))
				return false;
		}
		return true;
	}
	for (i = 0; i < nr; i++) {
		if (data->d_type == ELF_T_RELA) {
			if (!gelf_getrela(data, i, &rela))
				return false;
			rel.r_offset = rela.r_offset;
			rel.r_info = rela.r_info;
		} else if (!gelf_getrel(data, i, &rel)) {
			return false;
		}
		if (GELF_R_TYPE(rel.r_info) &&
		    !add_target(t, rel.r_offset, GELF_R_TYPE(rel.r_info) == t->relative))
			return false;
	}
	return true;
}

/* Packed relative relocations: an address, then bit maps of the words after it. */
static bool take_relr(struct targets *t, Elf_Data *data, size_t nr)
{
	size_t word = data->d_type == ELF_T_WORD ? 4 : 8, at;
	uint64_t bits;
	unsigned int i;

	for (at = 0; at < nr; at++) {
		const char *from = (const char *)data->d_buf + at * word;
		uint32_t half;

		memcpy(&half, from, sizeof(half));
		bits = half;
		if (word == 8)
			memcpy(&bits, from, sizeof(bits));
		if (!(bits & 1)) {
			if (!add_target(t, bits, true))
				return false;
			t->base = bits + word;
			continue;
		}
		for (i = 0; bits >>= 1; i++)
			if (bits & 1 && !add_target(t, t->base + i * word, true))
				return false;
		t->base += (8 * word - 1) * word;
	}
	return true;
}

/* Read a section block by block, up to the first bound. */
static void read_section(struct targets *t, Elf *elf, const GElf_Shdr *head)
{
	Elf_Type type = head->sh_type == SHT_RELA ? ELF_T_RELA :
			head->sh_type == SHT_REL ? ELF_T_REL :
			gelf_getclass(elf) == ELFCLASS32 ? ELF_T_WORD : ELF_T_XWORD;
	size_t unit = gelf_fsize(elf, type, 1, EV_CURRENT), nr;
	bool is_wide = gelf_getclass(elf) == ELFCLASS64;
	uint64_t at, rest;
	Elf_Data *data;

	t->base = 0;
	for (at = 0; unit && at + unit <= head->sh_size; at += nr * unit) {
		rest = head->sh_size - at;
		nr = (rest < MAX_BLOCK ? rest : MAX_BLOCK) / unit;
		if (t->left < nr * unit) {
			t->full = true;
			return;
		}
		t->left -= nr * unit;
		data = elf_getdata_rawchunk(elf, head->sh_offset + at, nr * unit, type);
		if (!data || !(head->sh_type == SHT_RELR ? take_relr(t, data, nr) :
							  take_rel(t, data, nr, is_wide)))
			return;
	}
}

/* Where in the file an address is, by the segments that are loaded; or 0. */
static uint64_t offset_of(Elf *elf, size_t segments, uint64_t address)
{
	GElf_Phdr head;
	size_t i;

	for (i = 0; i < segments && gelf_getphdr(elf, i, &head); i++)
		if (head.p_type == PT_LOAD && address >= head.p_vaddr &&
		    address - head.p_vaddr < head.p_filesz)
			return head.p_offset + address - head.p_vaddr;
	return 0;
}

/* What PT_DYNAMIC says of one kind of relocations. */
struct table {
	GElf_Sxword at, size;	/* tags */
	uint32_t type;		/* of the section that it would be */
	uint64_t address, bytes;
};

static void read_dynamic(struct targets *t, Elf *elf, const GElf_Phdr *dynamic,
			 size_t segments)
{
	struct table table[] = {
		{ DT_RELA, DT_RELASZ, SHT_RELA, 0, 0 },
		{ DT_REL, DT_RELSZ, SHT_REL, 0, 0 },
		{ DT_RELR, DT_RELRSZ, SHT_RELR, 0, 0 },
		{ DT_JMPREL, DT_PLTRELSZ, SHT_RELA, 0, 0 },
	};
	size_t unit = gelf_fsize(elf, ELF_T_DYN, 1, EV_CURRENT), i, j;
	size_t nr = (dynamic->p_filesz < MAX_BLOCK ? dynamic->p_filesz : MAX_BLOCK) / unit;
	Elf_Data *data = elf_getdata_rawchunk(elf, dynamic->p_offset, nr * unit, ELF_T_DYN);
	GElf_Dyn dyn;

	for (i = 0; data && i < nr && gelf_getdyn(data, i, &dyn) && dyn.d_tag != DT_NULL; i++) {
		for (j = 0; j < sizeof(table) / sizeof(*table); j++) {
			if (dyn.d_tag == table[j].at)
				table[j].address = dyn.d_un.d_ptr;
			if (dyn.d_tag == table[j].size)
				table[j].bytes = dyn.d_un.d_val;
		}
		if (dyn.d_tag == DT_PLTREL && dyn.d_un.d_val == DT_REL)
			table[3].type = SHT_REL;
	}
	for (j = 0; j < sizeof(table) / sizeof(*table) && !t->full; j++) {
		GElf_Shdr head = { .sh_type = table[j].type, .sh_size = table[j].bytes,
				   .sh_offset = offset_of(elf, segments, table[j].address) };

		if (head.sh_size && head.sh_offset)
			read_section(t, elf, &head);
	}
}

/* The loader knows no section headers: neither has the file to have any. */
static void read_without_sections(struct targets *t, Elf *elf)
{
	size_t nr, i;
	GElf_Phdr head;

	if (elf_getphdrnum(elf, &nr))
		return;
	if (nr > ELF_HEADERS)
		nr = ELF_HEADERS;
	for (i = 0; i < nr && gelf_getphdr(elf, i, &head); i++)
		if (head.p_type == PT_DYNAMIC)
			read_dynamic(t, elf, &head, nr);
}

static int by_address(const void *a, const void *b)
{
	const struct target *x = a, *y = b;

	return order(x->address, y->address);
}

/* Linkers sort most relocations, and put them first: only the others are sorted here. */
static void sort(struct targets *t)
{
	struct target *all;
	size_t sorted, i = 0, j, nr = 0;

	for (sorted = 1; sorted < t->nr; sorted++)
		if (by_address(&t->at[sorted - 1], &t->at[sorted]) > 0)
			break;
	if (sorted >= t->nr)
		return;
	qsort(t->at + sorted, t->nr - sorted, sizeof(*t->at), by_address);
	all = xrealloc(NULL, t->nr, sizeof(*all));
	for (j = sorted; nr < t->nr;)
		all[nr++] = j == t->nr || (i < sorted && by_address(&t->at[i], &t->at[j]) <= 0) ?
			    t->at[i++] : t->at[j++];
	free(t->at);
	t->at = all;
	t->room = t->nr;
}

/**
 * targets_read() - Read the relocations of a file.
 * @t: Set to the addresses, smallest first; @left says how much may be read.
 * @elf: The file.
 * @cut: Set if it has more than was read.
 */
void targets_read(struct targets *t, Elf *elf, bool *cut)
{
	Elf_Scn *scn = NULL;
	bool any = false;
	GElf_Shdr head;

	t->relative = relative_type(elf);
	while (!t->full && (scn = elf_next_section(elf, scn, cut))) {
		any = true;
		if (!gelf_getshdr(scn, &head) || !(head.sh_flags & SHF_ALLOC))
			continue;
		if (head.sh_type == SHT_REL || head.sh_type == SHT_RELA ||
		    head.sh_type == SHT_RELR)
			read_section(t, elf, &head);
	}
	if (!any)
		read_without_sections(t, elf);
	*cut |= t->full;
	sort(t);
}
