// SPDX-License-Identifier: GPL-2.0-only
/* What can be done about copies. */
#include <string.h>

#include "data/elffile.h"
#include "data/text.h"
#include "views/sections.h"

/* What is told of sections: sums of copies, by cause. */
struct sums {
	uint64_t by[CAUSES], all;
	bool distinct;		/* each copy once, as an audit has counted them */
	bool forked;		/* some are shared by processes that have forked */
	uint64_t not_elf, stripped;	/* of those that are unknown */
	bool cut, path;
};

static struct sums sum_up(const struct list *list)
{
	struct sums s = { .distinct = list->nr };
	size_t i;
	int cause;

	for (i = 0; i < list->nr; i++) {
		const struct section *section = list->row[i];

		s.distinct &= section->cow_unique != UNKNOWN;
		s.forked |= section->forked;
		s.cut |= !strcmp(section->note, NOTE_CUT);
		s.path |= !strcmp(section->note, NOTE_PATH);
	}
	for (i = 0; i < list->nr; i++) {
		const struct section *section = list->row[i];
		uint64_t copies = s.distinct ? section->cow_unique : section->cow;

		for (cause = 0; cause < CAUSES; cause++)
			if (!strcmp(section->cause, causes[cause]))
				s.by[cause] += copies;
		s.all += copies;
		if (strcmp(section->cause, causes[CAUSE_UNKNOWN]))
			;
		else if (!strcmp(section->note, NOTE_NOT_ELF))
			s.not_elf += copies;
		else if (!strcmp(section->note, NOTE_STRIPPED))
			s.stripped += copies;
	}
	return s;
}

/* What forking each program's processes from one would win back of these libraries. */
static uint64_t zygote_wins(const struct snapshot *snap, const struct list *list)
{
	const struct audit *row;
	uint64_t wins = 0;
	size_t i;

	for_each(row, snap, AUDIT) {
		if (strcmp(row->section, AUDIT_ALL))
			continue;
		for (i = 0; i < list->nr; i++)
			if (((const struct section *)list->row[i])->lib == row->lib)
				break;
		if (i < list->nr)
			wins += row->zygote;
	}
	return wins;
}

static void advise(FILE *out, const struct sums *s, uint64_t copies, const char *what,
		   const char *advice)
{
	char size[SIZE_TEXT];

	fprintf(out, "\n%.0f %% of the %scopies (%s%s) are %s\n", 100.0 * copies / s->all,
		s->distinct ? "distinct " : "", text_size(copies, size),
		s->distinct ? "" : ", summed over processes", what);
	fprintf(out, "  %s\n", advice);
}

static void advise_relocations(FILE *out, const struct sums *s,
			       const struct snapshot *snap,
			       const struct list *list)
{
	const char *what = "relocations, which the loader applies in every process alike.";
	char size[SIZE_TEXT], text[256];
	uint64_t wins;

	if (s->distinct) {
		wins = zygote_wins(snap, list);
		snprintf(text, sizeof(text), wins ?
			 "Forking each program's processes from one that has loaded the library (a zygote)\n"
			 "  would win back %s." :
			 "Processes of one program share them as far as they can.",
			 text_size(wins, size));
		advise(out, s, s->by[CAUSE_RELOCATION], what, text);
	} else if (s->forked) {
		advise(out, s, s->by[CAUSE_RELOCATION], what,
		       "Processes that forked share some of them already: --view audit counts the distinct\n"
		       "  ones, and what is left to win.");
	} else {
		advise(out, s, s->by[CAUSE_RELOCATION], what,
		       "Processes that fork from one that has loaded the library share them (a zygote);\n"
		       "  fewer pointers in constant data avoid them. --explain computes what that wins.");
	}
}

/**
 * sections_advise() - Say what can be done about the copies.
 * @snap: The snapshot, by whose audit the advice goes, if it has one.
 * @list: The sections, as sections_find() found them, or some of them.
 * @out: Where to. Nothing is said where the figures do not call for it.
 */
void sections_advise(const struct snapshot *snap, const struct list *list, FILE *out)
{
	struct sums s = sum_up(list);
	uint64_t unread;

	if (s.by[CAUSE_RELOCATION] > s.all / 2)
		advise_relocations(out, &s, snap, list);
	if (s.by[CAUSE_DATA] > s.all / 4)
		advise(out, &s, s.by[CAUSE_DATA], "initialised data that programs wrote to.",
		       "What is never written is worth a 'const'; what is often written, a page of its own.");
	if (s.by[CAUSE_BSS] > s.all / 4)
		advise(out, &s, s.by[CAUSE_BSS],
		       "last pages of data, which the loader clears for .bss.",
		       "Many small libraries have one such page each: link some of them into one.");
	if (s.by[CAUSE_TEXT])
		advise(out, &s, s.by[CAUSE_TEXT], "code or constants that were written to.",
		       "Debuggers do, for breakpoints; so do programs that patch their code.");
	if (s.not_elf > s.all / 4)
		advise(out, &s, s.not_elf, "in files that are not ELF files, and have no sections.",
		       "The program that maps them executable writes to them: it knows why.");
	if (s.stripped > s.all / 4)
		advise(out, &s, s.stripped, "in files without section headers (stripped).",
		       "Relocations and other writes to data cannot be told apart in them.");
	unread = s.by[CAUSE_UNKNOWN] - s.not_elf - s.stripped;
	if (unread > s.all / 4)
		advise(out, &s, unread, "in files whose ELF headers could not be read.",
		       "A recording made by --record has these headers; a copy of the 'snapshot' file has not.");
	if (s.cut)
		fputs("\ncut short: the file has more sections or relocations than are read of one file.\n"
		      "  Some copies that relocations made may be charged to data.\n", out);
	if (s.path)
		fputs("\npath shortened: the path was too long to be printed, and the file cannot be opened\n"
		      "  by what is left of it. It is read while a process maps it.\n", out);
}
