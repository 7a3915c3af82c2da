// SPDX-License-Identifier: GPL-2.0-only
/*
 * Why is it copied? Each copy is charged to the sections of its page of the
 * file, and of those to the ones in which the first write must have been:
 * the loader relocates pointers before it clears the rest of the data's last
 * page, and both come before anything that the program itself writes.
 */
#include "alloc.h"
#include "elffile.h"
#include "sections.h"
#include "text.h"

const char *const libshare_causes[LIBSHARE_CAUSES] = {
	[LIBSHARE_CAUSE_RELOCATION] = "relocation",
	[LIBSHARE_CAUSE_BSS] = "bss",
	[LIBSHARE_CAUSE_DATA] = "data",
	[LIBSHARE_CAUSE_TEXT] = "text",
	[LIBSHARE_CAUSE_UNKNOWN] = "unknown",
};

/* A section of the library at hand. */
struct part {
	const struct libshare_elf *elf;
	uint64_t relocs;
	const struct libshare_reloc **reloc;	/* runs of its pages that have some */
	size_t runs;
	struct {
		uint64_t cow, pages;
	} by[LIBSHARE_CAUSES];
};

/* What is known of ELF files, sorted by library. */
struct index {
	const struct libshare_elf **elf;
	const struct libshare_reloc **reloc;	/* within a library: by section, by page */
	size_t elfs, relocs;
};

struct attribution {
	const struct libshare_snapshot *snap;
	const struct libshare_library *lib;
	struct part *part;
	size_t parts;
	uint64_t *edge;		/* pages where something begins or ends */
	size_t edges, room;
	uint64_t unknown, unknown_pages;
	const char *note;
};

static int by_library(const void *a, const void *b)
{
	const struct libshare_elf *const *x = a, *const *y = b;

	return ((*x)->lib > (*y)->lib) - ((*x)->lib < (*y)->lib);
}

/* Sections of a library stay in their order. */
static int by_library_stable(const void *a, const void *b)
{
	const struct libshare_elf *const *x = a, *const *y = b;

	return by_library(a, b) ?: (*x > *y) - (*x < *y);
}

static int by_section(const void *a, const void *b)
{
	const struct libshare_reloc *const *x = a, *const *y = b;

	if ((*x)->lib != (*y)->lib)
		return (*x)->lib < (*y)->lib ? -1 : 1;
	if ((*x)->number != (*y)->number)
		return (*x)->number < (*y)->number ? -1 : 1;
	return ((*x)->first > (*y)->first) - ((*x)->first < (*y)->first);
}

static void make_index(struct index *index, const struct libshare_snapshot *snap)
{
	const struct libshare_reloc *reloc;
	const struct libshare_elf *elf;

	index->elf = xcalloc(snap->table[LIBSHARE_ELF].nr, sizeof(*index->elf));
	index->reloc = xcalloc(snap->table[LIBSHARE_RELOCS].nr, sizeof(*index->reloc));
	libshare_for_each(elf, snap, LIBSHARE_ELF)
		index->elf[index->elfs++] = elf;
	libshare_for_each(reloc, snap, LIBSHARE_RELOCS)
		index->reloc[index->relocs++] = reloc;
	qsort(index->elf, index->elfs, sizeof(*index->elf), by_library_stable);
	qsort(index->reloc, index->relocs, sizeof(*index->reloc), by_section);
}

/* The first of @nr pointers, sorted by @compare, that does not come before @key. */
static size_t find_first(const void *sorted, size_t nr, const void *key,
			 int (*compare)(const void *a, const void *b))
{
	const void *const *at = sorted;
	size_t low = 0, high = nr;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare(&at[middle], &key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void add_edges(struct attribution *a, uint64_t first, uint64_t last)
{
	/* Pages at the ends differ from those between them. */
	uint64_t edge[] = { first, first + 1, last, last + 1 };

	if (a->edges + 4 > a->room) {
		a->room = 2 * a->room + 64;
		a->edge = xrealloc(a->edge, a->room, sizeof(*a->edge));
	}
	memcpy(a->edge + a->edges, edge, sizeof(edge));
	a->edges += 4;
}

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* The runs of relocations in a part. */
static void gather_relocs(struct attribution *a, const struct index *index, struct part *part)
{
	const struct libshare_reloc key = { .lib = part->elf->lib, .number = part->elf->number };
	size_t i = find_first(index->reloc, index->relocs, &key, by_section);

	part->reloc = index->reloc + i;
	for (; i < index->relocs; i++) {
		const struct libshare_reloc *reloc = index->reloc[i];

		if (reloc->lib != key.lib || reloc->number != key.number)
			break;
		part->runs++;
		part->relocs += reloc->relocs;
		add_edges(a, reloc->first, reloc->first + reloc->count - 1);
	}
}

/* Whether a segment stands for sections, because the file has no headers of these. */
static bool is_segment(const struct libshare_elf *elf)
{
	return *elf->section == '(';
}

static void gather(struct attribution *a, const struct index *index)
{
	const struct libshare_elf key = { .lib = a->lib->lib };
	uint64_t page = a->snap->page_size;
	size_t first = find_first(index->elf, index->elfs, &key, by_library), end, i;

	for (end = first; end < index->elfs && index->elf[end]->lib == key.lib; end++)
		;
	a->part = xcalloc(end - first, sizeof(*a->part));
	for (i = first; i < end; i++) {
		const struct libshare_elf *elf = index->elf[i];

		if (!elf->size && elf->number == LIBSHARE_UNKNOWN)
			a->note = elf->role;
		else if (is_segment(elf) && !strcmp(a->note, "-"))
			a->note = LIBSHARE_NOTE_STRIPPED;
		if (!elf->size || elf->size > INT64_MAX || elf->offset > INT64_MAX)
			continue;
		a->part[a->parts].elf = elf;
		add_edges(a, elf->offset / page, (elf->offset + elf->size - 1) / page);
		gather_relocs(a, index, &a->part[a->parts++]);
	}
	if (a->edges)
		qsort(a->edge, a->edges, sizeof(*a->edge), compare);
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

static bool is_relocated(const struct part *part, uint64_t at)
{
	size_t low = 0, high = part->runs;

	/* The last run that begins at the page or before it. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (part->reloc[middle]->first <= at)
			low = middle + 1;
		else
			high = middle;
	}
	return low && at - part->reloc[low - 1]->first < part->reloc[low - 1]->count;
}

static enum libshare_cause cause_at(const struct part *part, uint64_t at)
{
	const char *role = part->elf->role;

	/* Only section headers say where relocations are, and where RELRO ends. */
	if (is_segment(part->elf) && !is_relocated(part, at) &&
	    (!strcmp(role, "relro") || !strcmp(role, "data")))
		return LIBSHARE_CAUSE_UNKNOWN;
	if (!strcmp(role, "relro") || is_relocated(part, at))
		return LIBSHARE_CAUSE_RELOCATION;
	if (!strcmp(role, "bss"))
		return LIBSHARE_CAUSE_BSS;
	if (!strcmp(role, "data"))
		return LIBSHARE_CAUSE_DATA;
	return LIBSHARE_CAUSE_TEXT;
}

/* Charge @copies of @pages pages that are all like page @at. */
static void charge(struct attribution *a, uint64_t at, uint64_t pages, uint64_t copies)
{
	uint64_t bytes = copies * a->snap->page_size, sum = 0, given = 0;
	enum libshare_cause first = LIBSHARE_CAUSE_UNKNOWN, cause;
	struct part *last = NULL;
	size_t i;

	for (i = 0; i < a->parts; i++) {
		if (!overlap(a, &a->part[i], at))
			continue;
		cause = cause_at(&a->part[i], at);
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

		if (!overlap(a, part, at) || cause_at(part, at) != first)
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
	size_t i = 0, high = a->edges;

	while (i < high) {
		size_t middle = i + (high - i) / 2;

		if (a->edge[middle] <= at)
			i = middle + 1;
		else
			high = middle;
	}
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
	section.note = a->note;
	memcpy(rows->at + rows->nr++ * sizeof(section), &section, sizeof(section));
}

static void add_rows(struct libshare_rows *rows, const struct attribution *a)
{
	size_t i;
	int cause;

	for (i = 0; i < a->parts; i++) {
		const struct part *part = &a->part[i];

		for (cause = 0; cause < LIBSHARE_CAUSES; cause++) {
			if (!part->by[cause].pages)
				continue;
			add_row(rows, a, (struct libshare_section){
				.section = part->elf->section, .cause = libshare_causes[cause],
				.cow = part->by[cause].cow, .pages = part->by[cause].pages,
				.relocs = part->relocs || !is_segment(part->elf) ?
					  part->relocs : LIBSHARE_UNKNOWN,
				.size = part->elf->size });
		}
	}
	if (a->unknown_pages)
		add_row(rows, a, (struct libshare_section){
			.section = "-", .cause = libshare_causes[LIBSHARE_CAUSE_UNKNOWN],
			.cow = a->unknown, .pages = a->unknown_pages, .relocs = LIBSHARE_UNKNOWN,
			.size = LIBSHARE_UNKNOWN });
}

static void attribute(struct libshare_rows *rows, const struct libshare_snapshot *snap,
		      const struct index *index, const struct libshare_library *lib)
{
	struct attribution a = { .snap = snap, .lib = lib, .note = "-" };
	const struct libshare_run *run;
	size_t nr, i;

	gather(&a, index);
	run = libshare_snapshot_runs(snap, lib->lib, &nr);
	for (i = 0; i < nr; i++)
		if (run[i].copies && run[i].copies != LIBSHARE_UNKNOWN)
			charge_run(&a, &run[i]);
	add_rows(rows, &a);
	free(a.part);
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
	struct index index = { 0 };

	make_index(&index, snap);
	libshare_for_each(lib, snap, LIBSHARE_LIBRARIES)
		if (lib->cow && (!only || lib == only))
			attribute(&rows, snap, &index, lib);
	free(index.elf);
	free(index.reloc);
	return rows;
}
