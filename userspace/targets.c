// SPDX-License-Identifier: GPL-2.0-only
/*
 * Addresses that the loader must relocate. Any user may have made the file, and a
 * sparse one may claim to be of any size: it is read block by block, up to bounds
 * that real libraries stay below.
 */
#include "alloc.h"
#include "targets.h"

#define MAX_BLOCK (1 << 20)	/* bytes that are read at once */
#define MAX_TARGETS (1 << 21)

/**
 * libshare_elf_next() - The next section of a file, as elf_nextscn() has it.
 * @elf: The file.
 * @scn: The section before, or NULL.
 * @cut: Set if the file has more than LIBSHARE_ELF_HEADERS.
 *
 * Return: It, or NULL.
 */
Elf_Scn *libshare_elf_next(Elf *elf, Elf_Scn *scn, bool *cut)
{
	scn = elf_nextscn(elf, scn);
	if (!scn || elf_ndxscn(scn) < LIBSHARE_ELF_HEADERS)
		return scn;
	*cut = true;
	return NULL;
}

/* Whether there is room for more. */
static bool add_target(struct libshare_targets *t, uint64_t address)
{
	if (t->nr == MAX_TARGETS) {
		t->full = true;
		return false;
	}
	if (t->nr == t->room) {
		t->room = t->room ? 2 * t->room : 1024;
		t->at = xrealloc(t->at, t->room, sizeof(*t->at));
	}
	t->at[t->nr++] = address;
	return true;
}

static bool take_rel(struct libshare_targets *t, Elf_Data *data, size_t nr)
{
	GElf_Rela rela;
	GElf_Rel rel;
	size_t i;

	for (i = 0; i < nr; i++) {
		if (data->d_type == ELF_T_RELA) {
			if (!gelf_getrela(data, i, &rela))
				return false;
			rel.r_offset = rela.r_offset;
			rel.r_info = rela.r_info;
		} else if (!gelf_getrel(data, i, &rel)) {
			return false;
		}
		if (GELF_R_TYPE(rel.r_info) && !add_target(t, rel.r_offset))
			return false;
	}
	return true;
}

/* Packed relative relocations: an address, then bit maps of the words after it. */
static bool take_relr(struct libshare_targets *t, Elf_Data *data, size_t nr)
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
			if (!add_target(t, bits))
				return false;
			t->base = bits + word;
			continue;
		}
		for (i = 0; bits >>= 1; i++)
			if (bits & 1 && !add_target(t, t->base + i * word))
				return false;
		t->base += (8 * word - 1) * word;
	}
	return true;
}

/* Read a section block by block, up to the first bound. */
static void read_section(struct libshare_targets *t, Elf *elf, const GElf_Shdr *head)
{
	Elf_Type type = head->sh_type == SHT_RELA ? ELF_T_RELA :
			head->sh_type == SHT_REL ? ELF_T_REL :
			gelf_getclass(elf) == ELFCLASS32 ? ELF_T_WORD : ELF_T_XWORD;
	size_t unit = gelf_fsize(elf, type, 1, EV_CURRENT), nr;
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
							  take_rel(t, data, nr)))
			return;
	}
}

static int by_address(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/**
 * libshare_targets_read() - Read the relocations of a file.
 * @t: Set to the addresses, smallest first; @left says how much may be read.
 * @elf: The file.
 * @cut: Set if it has more than was read.
 */
void libshare_targets_read(struct libshare_targets *t, Elf *elf, bool *cut)
{
	Elf_Scn *scn = NULL;
	GElf_Shdr head;

	while (!t->full && (scn = libshare_elf_next(elf, scn, cut))) {
		if (!gelf_getshdr(scn, &head) || !(head.sh_flags & SHF_ALLOC))
			continue;
		if (head.sh_type == SHT_REL || head.sh_type == SHT_RELA ||
		    head.sh_type == SHT_RELR)
			read_section(t, elf, &head);
	}
	*cut |= t->full;
	if (t->nr)
		qsort(t->at, t->nr, sizeof(*t->at), by_address);
}
