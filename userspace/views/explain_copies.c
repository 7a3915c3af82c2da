// SPDX-License-Identifier: GPL-2.0-only
/* Findings about copies: processes to fork, pages to merge, relocations to leave out. */
#include <inttypes.h>
#include <stdio.h>
#include <sys/utsname.h>

#include "data/text.h"
#include "views/explain_rules.h"

#define LEAST (64 << 10)	/* bytes that a finding is worth telling for */
#define NAMED 3			/* libraries */

static int by_program(const void *a, const void *b)
{
	const struct program *const *x = a, *const *y = b;

	return strcmp((*x)->exe, (*y)->exe) ?: ((*x)->zygote < (*y)->zygote) -
	       ((*x)->zygote > (*y)->zygote);
}

/* What programs hold of whole libraries, by program; those that win most first. */
static const struct program **groups(const struct findings *f, size_t *nr)
{
	const struct program **group =
		xcalloc(f->snap->table[PROGRAMS].nr, sizeof(*group)), *row;

	*nr = 0;
	for_each(row, f->snap, PROGRAMS)
		if (!strcmp(row->section, AUDIT_ALL) &&
		    findings_asks(f, row->lib))
			group[(*nr)++] = row;
	qsort(group, *nr, sizeof(*group), by_program);
	return group;
}

static const char *name_of(const struct findings *f, const struct program *group)
{
	const struct library *lib = snapshot_library(f->snap, group->lib);

	return text_name(lib->path);
}

static void add_zygote(struct findings *f, const struct program **group, size_t nr)
{
	struct finding finding = { .lib = UNKNOWN, .path = group[0]->exe };
	char size[SIZE_TEXT], *text = NULL, *most = xstrdup(""), *more;
	size_t libs = 0, widest = 0, i;

	for (i = 0; i < nr; i++) {
		finding.wins += group[i]->zygote;
		libs += !!group[i]->zygote;
		if (group[i]->procs > finding.procs) {
			finding.procs = group[i]->procs;
			widest = i;
		}
		if (i >= NAMED || !group[i]->zygote)
			continue;
		more = xasprintf("%s%s%s (%s)", most, i ? ", " : "", name_of(f, group[i]),
				 text_size(group[i]->zygote, size));
		free(most);
		most = more;
	}
	if (finding.wins >= LEAST) {
		text = xasprintf("%" PRIu64 " processes of %s (%s) have copies of their own that differ in addresses at most, in %s%s",
				 finding.procs, group[0]->exe, group[widest]->pids, most,
				 libs > NAMED ? ", …" : "");
		findings_add(f, "zygote", finding, text,
			     "Start them by fork() from one process that has loaded these libraries, without exec().");
	}
	free(most);
}

/**
 * rule_zygote() - Processes of a program that could fork from one.
 * @f: The findings.
 */
void rule_zygote(struct findings *f)
{
	size_t nr, i, end;
	const struct program **group = groups(f, &nr);

	for (i = 0; i < nr; i = end) {
		for (end = i + 1; end < nr; end++)
			if (strcmp(group[end]->exe, group[i]->exe))
				break;
		add_zygote(f, group + i, end - i);
	}
	free(group);
}

/* Whether the kernel of the snapshot is at least that version. */
static bool has_kernel(const struct snapshot *snap, int major, int minor)
{
	const char *release = snapshot_fact(snap, "kernel");
	struct utsname uts;
	int a, b;

	/* Recordings have it. */
	if (!release && !uname(&uts))
		release = uts.release;
	return release && sscanf(release, "%d.%d", &a, &b) == 2 &&
	       (a > major || (a == major && b >= minor));
}

static void add_ksm(struct findings *f, struct finding found,
		    uint64_t programs, const char *exe)
{
	const char *equal = "have copies that are equal byte for byte";
	const char *how = has_kernel(f->snap, 6, 4) ? "MemoryKSM=yes in their unit" :
						      "madvise(MADV_MERGEABLE)";
	char *remedy = xasprintf("Let KSM merge them: %s, and 1 in /sys/kernel/mm/ksm/run.", how);
	char *text;

	if (programs > 1)
		text = xasprintf("%" PRIu64 " processes of %" PRIu64 " programs, %s above all, %s",
				 found.procs, programs, exe, equal);
	else
		text = xasprintf("%" PRIu64 " processes of %s %s", found.procs, exe, equal);
	findings_add(f, "ksm", found, text, remedy);
	free(remedy);
}

/**
 * rule_ksm() - Equal copies that the kernel could merge.
 * @f: The findings.
 */
void rule_ksm(struct findings *f)
{
	struct finding finding = { .lib = UNKNOWN, .path = "-" };
	const char *state = snapshot_fact(f->snap, "audit_ksm");
	uint64_t most = 0, equal = 0, programs = 0;
	size_t nr, i;
	const struct program **group = groups(f, &nr), *best = NULL;

	for (i = 0; i < nr; i++) {
		if (i && strcmp(group[i]->exe, group[i - 1]->exe)) {
			finding.procs += most;
			most = 0;
			equal = 0;
		}
		finding.wins += group[i]->equal;
		programs += group[i]->equal && !equal;
		equal += group[i]->equal;
		if (group[i]->equal && group[i]->procs > most)
			most = group[i]->procs;
		if (!best || group[i]->equal > best->equal)
			best = group[i];
	}
	finding.procs += most;
	if (finding.wins >= LEAST && state && strcmp(state, "-"))
		add_ksm(f, finding, programs, best->exe);
	free(group);
}

/* Relocations of a section, and those that a program at a fixed address would not need. */
static void count_relocs(const struct snapshot *snap, const struct elf *elf,
			 uint64_t *relocs, uint64_t *relative)
{
	const struct reloc *run;

	*relocs = 0;
	*relative = 0;
	for_each(run, snap, RELOCS) {
		if (run->lib != elf->lib || run->number != elf->number)
			continue;
		*relocs += run->relocs;
		if (run->relative != UNKNOWN)
			*relative += run->relative;
	}
}

static uint64_t copies_of(const struct snapshot *snap, const struct elf *elf)
{
	const struct audit *row;

	for_each(row, snap, AUDIT)
		if (row->lib == elf->lib && !strcmp(row->section, elf->section))
			return row->copies;
	return 0;
}

/**
 * rule_no_pie() - Programs whose copies are relocations.
 * @f: The findings.
 */
void rule_no_pie(struct findings *f)
{
	const struct library *lib;
	const struct elf *elf;
	uint64_t relocs, relative;

	for_each(elf, f->snap, ELF) {
		lib = snapshot_library(f->snap, elf->lib);
		if (!lib || strcmp(lib->kind, "exe") || strcmp(elf->role, "relro") ||
		    !findings_asks(f, elf->lib))
			continue;
		count_relocs(f->snap, elf, &relocs, &relative);
		if (relative) {
			uint64_t wins = (__uint128_t)copies_of(f->snap, elf) * relative / relocs;

			if (wins < LEAST)
				continue;
			findings_add(f, "no-pie", (struct finding){
				.wins = wins, .procs = lib->procs, .lib = lib->lib,
				.path = lib->path },
				xasprintf("%s of %s has %" PRIu64 " relocations, of which %" PRIu64 " only add the address at which the program was loaded",
					  elf->section, lib->path, relocs, relative),
				"Link it with -no-pie, if its address may be known (ASLR); or keep offsets instead of pointers in its tables.");
		}
	}
}
