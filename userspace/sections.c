// SPDX-License-Identifier: GPL-2.0-only
/*
 * Why is it copied? Each copy is charged to the sections of its page of the
 * file, and of those to the ones in which the first write must have been:
 * the loader relocates pointers before it clears the rest of the data's last
 * page, and both come before anything that the program itself writes.
 */
#include "alloc.h"
#include "sections.h"
#include "text.h"

enum cause { RELOCATION, BSS, DATA, TEXT, UNKNOWN, CAUSES };

static const char *const cause_names[] = {
	[RELOCATION] = "relocation", [BSS] = "bss", [DATA] = "data", [TEXT] = "text",
	[UNKNOWN] = "unknown",
};

/* A section of the library at hand. */
struct part {
	const struct libshare_elf *elf;
	uint64_t relocs;
	struct {
		uint64_t cow, pages;
	} by[CAUSES];
};

struct attribution {
	const struct libshare_snapshot *snap;
	const struct libshare_library *lib;
	struct part *part;
	size_t parts;
	const struct libshare_reloc **reloc;
	size_t relocs;
	uint64_t *edge;		/* pages where something begins or ends */
	size_t edges;
	uint64_t unknown, unknown_pages;
};

static void add_edges(struct attribution *a, uint64_t first, uint64_t last)
{
	/* Pages at the ends differ from those between them. */
	uint64_t edge[] = { first, first + 1, last, last + 1 };

	a->edge = xrealloc(a->edge, a->edges + 4, sizeof(*a->edge));
	memcpy(a->edge + a->edges, edge, sizeof(edge));
	a->edges += 4;
}

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static bool gather(struct attribution *a)
{
	uint64_t page = a->snap->page_size;
	const struct libshare_reloc *reloc;
	const struct libshare_elf *elf;
	size_t i;

	libshare_for_each(elf, a->snap, LIBSHARE_ELF) {
		if (elf->lib != a->lib->lib || !elf->size || elf->size > INT64_MAX ||
		    elf->offset > INT64_MAX)
			continue;
		a->part = xrealloc(a->part, a->parts + 1, sizeof(*a->part));
		a->part[a->parts++] = (struct part){ .elf = elf };
		add_edges(a, elf->offset / page, (elf->offset + elf->size - 1) / page);
	}
	libshare_for_each(reloc, a->snap, LIBSHARE_RELOCS) {
		if (reloc->lib != a->lib->lib)
			continue;
		a->reloc = xrealloc(a->reloc, a->relocs + 1, sizeof(*a->reloc));
		a->reloc[a->relocs++] = reloc;
		add_edges(a, reloc->first, reloc->first + reloc->count - 1);
		for (i = 0; i < a->parts; i++)
			if (a->part[i].elf->number == reloc->number)
				a->part[i].relocs += reloc->relocs;
	}
	if (a->edges)
		qsort(a->edge, a->edges, sizeof(*a->edge), compare);
	return a->parts;
}

/* Bytes of page @at that belong to @part. */
static uint64_t overlap(const struct attribution *a, const struct part *part, uint64_t at)
{
	uint64_t start = at * a->snap->page_size, end = start + a->snap->page_size;
	uint64_t part_end = part->elf->offset + part->elf->size;

	if (part->elf->offset > start)
		start = part->elf->offset;
	if (part_end < end)
		end = part_end;
	return end > start ? end - start : 0;
}

static bool is_relocated(const struct attribution *a, const struct part *part, uint64_t at)
{
	size_t i;

	for (i = 0; i < a->relocs; i++)
		if (a->reloc[i]->number == part->elf->number && at >= a->reloc[i]->first &&
		    at - a->reloc[i]->first < a->reloc[i]->count)
			return true;
	return false;
}

static enum cause cause_at(const struct attribution *a, const struct part *part, uint64_t at)
{
	const char *role = part->elf->role;

	if (!strcmp(role, "relro") || is_relocated(a, part, at))
		return RELOCATION;
	if (!strcmp(role, "bss"))
		return BSS;
	if (!strcmp(role, "data"))
		return DATA;
	return TEXT;
}

/* Charge @copies of @pages pages that are all like page @at. */
static void charge(struct attribution *a, uint64_t at, uint64_t pages, uint64_t copies)
{
	uint64_t bytes = copies * a->snap->page_size, sum = 0, given = 0;
	enum cause first = UNKNOWN, cause;
	struct part *last = NULL;
	size_t i;

	for (i = 0; i < a->parts; i++) {
		if (!overlap(a, &a->part[i], at))
			continue;
		cause = cause_at(a, &a->part[i], at);
		if (cause < first) {
			first = cause;
			sum = 0;
		}
		if (cause == first)
			sum += overlap(a, &a->part[i], at);
	}
	for (i = 0; sum && i < a->parts; i++) {
		struct part *part = &a->part[i];
		uint64_t share;

		if (!overlap(a, part, at) || cause_at(a, part, at) != first)
			continue;
		share = (__uint128_t)bytes * overlap(a, part, at) / sum;
		part->by[first].cow += share;
		part->by[first].pages += pages;
		given += share;
		last = part;
	}
	/* Sums must hold: what rounding left goes to one of them. */
	if (last) {
		last->by[first].cow += bytes - given;
	} else {
		a->unknown += bytes;
		a->unknown_pages += pages;
	}
}

/* Charge the copies of a run, piece by piece of pages that are alike. */
static void charge_run(struct attribution *a, const struct libshare_run *run)
{
	uint64_t at = run->first, end = run->first + run->count, next;
	size_t i = 0;

	while (at < end) {
		while (i < a->edges && a->edge[i] <= at)
			i++;
		next = i < a->edges && a->edge[i] < end ? a->edge[i] : end;
		charge(a, at, next - at, (next - at) * run->copies);
		at = next;
	}
}

static void add_row(struct libshare_rows *rows, const struct attribution *a,
		    struct libshare_section section)
{
	if (rows->nr == rows->room) {
		rows->room = rows->room ? 2 * rows->room : 64;
		rows->at = xrealloc(rows->at, rows->room, sizeof(section));
	}
	section.lib = a->lib->lib;
	section.procs = a->lib->procs;
	section.path = a->lib->path;
	memcpy(rows->at + rows->nr++ * sizeof(section), &section, sizeof(section));
}

static void add_rows(struct libshare_rows *rows, const struct attribution *a)
{
	size_t i;
	int cause;

	for (i = 0; i < a->parts; i++) {
		const struct part *part = &a->part[i];

		for (cause = 0; cause < CAUSES; cause++) {
			if (!part->by[cause].pages)
				continue;
			add_row(rows, a, (struct libshare_section){
				.section = part->elf->section, .cause = cause_names[cause],
				.cow = part->by[cause].cow, .pages = part->by[cause].pages,
				.relocs = part->relocs, .size = part->elf->size });
		}
	}
	if (a->unknown_pages)
		add_row(rows, a, (struct libshare_section){
			.section = "-", .cause = cause_names[UNKNOWN], .cow = a->unknown,
			.pages = a->unknown_pages, .relocs = LIBSHARE_UNKNOWN,
			.size = LIBSHARE_UNKNOWN });
}

static void attribute(struct libshare_rows *rows, const struct libshare_snapshot *snap,
		      const struct libshare_library *lib)
{
	struct attribution a = { .snap = snap, .lib = lib };
	const struct libshare_run *run;
	size_t nr, i;

	gather(&a);
	run = libshare_snapshot_runs(snap, lib->lib, &nr);
	for (i = 0; i < nr; i++)
		if (run[i].copies && run[i].copies != LIBSHARE_UNKNOWN)
			charge_run(&a, &run[i]);
	add_rows(rows, &a);
	free(a.part);
	free(a.reloc);
	free(a.edge);
}

/**
 * libshare_sections_find() - Charge copies to ELF sections.
 * @snap: A snapshot with libraries and pages, and what is known of the ELF files.
 * @only: Only this library; NULL: all.
 *
 * Return: Rows of struct libshare_section, library by library; @at is for free().
 */
struct libshare_rows libshare_sections_find(const struct libshare_snapshot *snap,
					    const struct libshare_library *only)
{
	const struct libshare_library *lib;
	struct libshare_rows rows = { 0 };

	libshare_for_each(lib, snap, LIBSHARE_LIBRARIES)
		if (lib->cow && (!only || lib == only))
			attribute(&rows, snap, lib);
	return rows;
}

static void advise(FILE *out, const char *what, uint64_t cow, uint64_t all, const char *advice)
{
	char size[LIBSHARE_SIZE_TEXT];

	fprintf(out, "\n%.0f %% of the copies (%s) are %s\n", 100.0 * cow / all,
		libshare_text_size(cow, size), what);
	fprintf(out, "  %s\n", advice);
}

/**
 * libshare_sections_advise() - Say what can be done about the copies.
 * @list: The sections, as libshare_sections_find() found them, or some of them.
 * @out: Where to. Nothing is said where the figures do not call for it.
 */
void libshare_sections_advise(const struct libshare_list *list, FILE *out)
{
	uint64_t by[CAUSES] = { 0 }, all = 0;
	size_t i;
	int cause;

	for (i = 0; i < list->nr; i++) {
		const struct libshare_section *section = list->row[i];

		for (cause = 0; cause < CAUSES; cause++)
			if (!strcmp(section->cause, cause_names[cause]))
				by[cause] += section->cow;
		all += section->cow;
	}
	if (by[RELOCATION] > all / 2)
		advise(out, "relocations, which the loader applies in every process alike.",
		       by[RELOCATION], all,
		       "Processes that fork from one that has loaded the library share them (a zygote);\n"
		       "  prelinking, or fewer pointers in constant data, avoids them.");
	if (by[DATA] > all / 4)
		advise(out, "initialised data that programs wrote to.", by[DATA], all,
		       "What is never written is worth a 'const'; what is often written, a page of its own.");
	if (by[BSS] > all / 4)
		advise(out, "last pages of data, which the loader clears for .bss.", by[BSS], all,
		       "Many small libraries have one such page each: link some of them into one.");
	if (by[TEXT])
		advise(out, "code or constants that somebody wrote to.", by[TEXT], all,
		       "Debuggers do, for breakpoints; so do programs that patch their code.");
	if (by[UNKNOWN] > all / 4)
		advise(out, "in files whose ELF headers could not be read.", by[UNKNOWN], all,
		       "A recording made by --record has these headers; a copy of the 'snapshot' file has not.");
}
