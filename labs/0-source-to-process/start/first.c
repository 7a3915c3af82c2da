// SPDX-License-Identifier: GPL-2.0-only
/*
 * first - calls a function of a library for the first time, and shows where the entry of
 * the global offset table for it points before and after. Leave it as it is.
 */
#include <elf.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "prices.h"

/* The entry, found as the loader finds it: by the relocations for calls. */
static const void *const *entry_of(const char *name)
{
	const Elf64_Sym *symbols = NULL;
	const char *names = NULL;
	const Elf64_Rela *relas = NULL;
	const Elf64_Dyn *dyn;
	size_t size = 0;

	for (dyn = _r_debug.r_map->l_ld; dyn->d_tag != DT_NULL; dyn++) {
		if (dyn->d_tag == DT_SYMTAB)
			symbols = (const void *)dyn->d_un.d_ptr;
		else if (dyn->d_tag == DT_STRTAB)
			names = (const void *)dyn->d_un.d_ptr;
		else if (dyn->d_tag == DT_JMPREL)
			relas = (const void *)dyn->d_un.d_ptr;
		else if (dyn->d_tag == DT_PLTRELSZ)
			size = dyn->d_un.d_val;
	}
	for (size_t i = 0; i < size / sizeof(*relas); i++)
		if (!strcmp(names + symbols[ELF64_R_SYM(relas[i].r_info)].st_name, name))
			return (const void *)(_r_debug.r_map->l_addr + relas[i].r_offset);
	exit(1);
}

/* The line of /proc/self/maps that an address is in. */
static void show(const char *when, const void *address)
{
	unsigned long start, end;
	char line[512];
	FILE *maps = fopen("/proc/self/maps", "r");

	while (maps && fgets(line, sizeof(line), maps))
		if (sscanf(line, "%lx-%lx", &start, &end) == 2 && (unsigned long)address >= start &&
		    (unsigned long)address < end)
			printf("%s %p in %s", when, address, line);
	if (maps)
		fclose(maps);
}

int main(void)
{
	const void *const *entry = entry_of("price_0");

	show("before", *entry);
	price_0(1);
	show("after", *entry);
	return 0;
}
