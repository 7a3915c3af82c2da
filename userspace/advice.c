// SPDX-License-Identifier: GPL-2.0-only
/* What can be done about copies. */
#include <string.h>

#include "elffile.h"
#include "sections.h"
#include "text.h"

static void advise(FILE *out, const char *what, uint64_t cow, uint64_t all, const char *advice)
{
	char size[LIBSHARE_SIZE_TEXT];

	fprintf(out, "\n%.0f %% of the copies (%s, summed over processes) are %s\n",
		100.0 * cow / all, libshare_text_size(cow, size), what);
	fprintf(out, "  %s\n", advice);
}

/**
 * libshare_sections_advise() - Say what can be done about the copies.
 * @list: The sections, as libshare_sections_find() found them, or some of them.
 * @out: Where to. Nothing is said where the figures do not call for it.
 */
void libshare_sections_advise(const struct libshare_list *list, FILE *out)
{
	uint64_t by[LIBSHARE_CAUSES] = { 0 }, all = 0;
	uint64_t not_elf = 0, stripped = 0;
	bool cut = false, path = false;
	size_t i;
	int cause;

	for (i = 0; i < list->nr; i++) {
		const struct libshare_section *section = list->row[i];

		for (cause = 0; cause < LIBSHARE_CAUSES; cause++)
			if (!strcmp(section->cause, libshare_causes[cause]))
				by[cause] += section->cow;
		all += section->cow;
		if (strcmp(section->cause, libshare_causes[LIBSHARE_CAUSE_UNKNOWN]))
			;
		else if (!strcmp(section->note, LIBSHARE_NOTE_NOT_ELF))
			not_elf += section->cow;
		else if (!strcmp(section->note, LIBSHARE_NOTE_STRIPPED))
			stripped += section->cow;
		cut |= !strcmp(section->note, LIBSHARE_NOTE_CUT);
		path |= !strcmp(section->note, LIBSHARE_NOTE_PATH);
	}
	if (by[LIBSHARE_CAUSE_RELOCATION] > all / 2)
		advise(out, "relocations, which the loader applies in every process alike.",
		       by[LIBSHARE_CAUSE_RELOCATION], all,
		       "Processes that fork from one that has loaded the library share them (a zygote);\n"
		       "  prelinking, or fewer pointers in constant data, avoids them.");
	if (by[LIBSHARE_CAUSE_DATA] > all / 4)
		advise(out, "initialised data that programs wrote to.",
		       by[LIBSHARE_CAUSE_DATA], all,
		       "What is never written is worth a 'const'; what is often written, a page of its own.");
	if (by[LIBSHARE_CAUSE_BSS] > all / 4)
		advise(out, "last pages of data, which the loader clears for .bss.",
		       by[LIBSHARE_CAUSE_BSS], all,
		       "Many small libraries have one such page each: link some of them into one.");
	if (by[LIBSHARE_CAUSE_TEXT])
		advise(out, "code or constants that somebody wrote to.",
		       by[LIBSHARE_CAUSE_TEXT], all,
		       "Debuggers do, for breakpoints; so do programs that patch their code.");
	by[LIBSHARE_CAUSE_UNKNOWN] -= not_elf + stripped;
	if (not_elf > all / 4)
		advise(out, "in files that are not ELF files, and have no sections.", not_elf, all,
		       "The program that maps them executable writes to them: it knows why.");
	if (stripped > all / 4)
		advise(out, "in files without section headers (stripped).", stripped, all,
		       "Relocations and other writes to data cannot be told apart in them.");
	if (by[LIBSHARE_CAUSE_UNKNOWN] > all / 4)
		advise(out, "in files whose ELF headers could not be read.",
		       by[LIBSHARE_CAUSE_UNKNOWN], all,
		       "A recording made by --record has these headers; a copy of the 'snapshot' file has not.");
	if (cut)
		fputs("\ncut short: the file has more sections or relocations than are read of one file.\n"
		      "  Some copies that relocations made may be charged to data.\n", out);
	if (path)
		fputs("\npath shortened: the path was too long to be printed, and the file cannot be opened\n"
		      "  by what is left of it. It is read while a process maps it.\n", out);
}
