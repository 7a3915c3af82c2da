// SPDX-License-Identifier: GPL-2.0-only
/*
 * Why is a page copied? A copy is charged to the sections of its page of the file,
 * and of those to the ones in which the first write must have been: the loader
 * relocates pointers before it clears the rest of the data's last page, and both come
 * before anything that the program itself writes.
 */
#include "data/alloc.h"
#include "data/attribute.h"
#include "data/elffile.h"
#include "data/order.h"

const char *const causes[CAUSES] = {
	[CAUSE_RELOCATION] = "relocation",
	[CAUSE_BSS] = "bss",
	[CAUSE_DATA] = "data",
	[CAUSE_TEXT] = "text",
	[CAUSE_UNKNOWN] = "unknown",
};

/* What is known of ELF files, sorted by library. */
struct headers {
	uint64_t page_size;
	const struct elf **elf;
	const struct reloc **reloc;	/* within a library: by section, by page */
	size_t elfs, relocs;
};

static int by_library(const void *a, const void *b)
{
	const struct elf *const *x = a, *const *y = b;

	return order((*x)->lib, (*y)->lib);
}

/* Sections of a library stay in their order. */
static int by_library_stable(const void *a, const void *b)
{
	const struct elf *const *x = a, *const *y = b;

	return by_library(a, b) ?: (*x > *y) - (*x < *y);
}

static int by_section(const void *a, const void *b)
{
	const struct reloc *const *x = a, *const *y = b;

	return order((*x)->lib, (*y)->lib) ?:
	       order((*x)->number, (*y)->number) ?:
	       order((*x)->first, (*y)->first);
}

/**
 * headers_index() - Sort what is known of ELF files by library.
 * @snap: A snapshot with the tables elf and relocs, which stay as they are.
 *
 * Return: The index, for headers_free().
 */
struct headers *headers_index(const struct snapshot *snap)
{
	struct headers *h = xcalloc(1, sizeof(*h));
	const struct reloc *reloc;
	const struct elf *elf;

	h->page_size = snap->page_size;
	h->elf = xcalloc(snap->table[ELF].nr, sizeof(*h->elf));
	h->reloc = xcalloc(snap->table[RELOCS].nr, sizeof(*h->reloc));
	for_each(elf, snap, ELF)
		h->elf[h->elfs++] = elf;
	for_each(reloc, snap, RELOCS)
		h->reloc[h->relocs++] = reloc;
	qsort(h->elf, h->elfs, sizeof(*h->elf), by_library_stable);
	qsort(h->reloc, h->relocs, sizeof(*h->reloc), by_section);
	return h;
}

/**
 * headers_free() - Free an index.
 * @headers: The index.
 */
void headers_free(struct headers *headers)
{
	free(headers->elf);
	free(headers->reloc);
	free(headers);
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

/* The runs of relocations in a part. */
static void gather_relocs(struct attribution *a, const struct headers *h,
			  struct part *part)
{
	const struct reloc key = { .lib = part->elf->lib, .number = part->elf->number };
	size_t i = find_first(h->reloc, h->relocs, &key, by_section);

	part->reloc = h->reloc + i;
	for (; i < h->relocs; i++) {
		const struct reloc *reloc = h->reloc[i];

		if (reloc->lib != key.lib || reloc->number != key.number)
			break;
		part->runs++;
		part->relocs += reloc->relocs;
		add_edges(a, reloc->first, reloc->first + reloc->count - 1);
	}
}

/* Whether a segment stands for sections, because the file has no headers of these. */
static bool is_segment(const struct elf *elf)
{
	return *elf->section == '(';
}

/**
 * attribution_begin() - Get ready to charge the copies of a library.
 * @a: Set to its sections, for attribution_end().
 * @headers: What is known of ELF files.
 * @lib: Number of the library.
 */
void attribution_begin(struct attribution *a,
		       const struct headers *headers, uint64_t lib)
{
	const struct elf key = { .lib = lib };
	uint64_t page = headers->page_size;
	size_t first = find_first(headers->elf, headers->elfs, &key, by_library), end, i;
	bool segments = false;
	size_t runs = 0;

	for (end = first; end < headers->elfs && headers->elf[end]->lib == lib; end++)
		;
	*a = (struct attribution){ .page_size = page, .note = "-" };
	a->part = xcalloc(end - first, sizeof(*a->part));
	a->share = xcalloc(end - first, sizeof(*a->share));
	for (i = first; i < end; i++) {
		const struct elf *elf = headers->elf[i];

		if (!elf->size && elf->number == UNKNOWN)
			a->note = elf->role;
		else if (is_segment(elf) && !strcmp(a->note, "-"))
			a->note = NOTE_STRIPPED;
		if (!elf->size || elf->size > INT64_MAX || elf->offset > INT64_MAX)
			continue;
		a->part[a->parts].elf = elf;
		add_edges(a, elf->offset / page, (elf->offset + elf->size - 1) / page);
		gather_relocs(a, headers, &a->part[a->parts++]);
		segments |= is_segment(elf);
		runs += a->part[a->parts - 1].runs;
	}
	a->blind = segments && !runs;
	if (a->edges)
		qsort(a->edge, a->edges, sizeof(*a->edge), order_numbers);
}

/* Bytes of page @at that belong to @part. */
static uint64_t overlap(const struct attribution *a, const struct part *part,
			uint64_t at)
{
	uint64_t start = at * a->page_size, end = start + a->page_size;
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

static enum cause cause_at(const struct attribution *a,
			   const struct part *part, uint64_t at)
{
	const char *role = part->elf->role;

	if (a->blind && (!strcmp(role, "relro") || !strcmp(role, "data")))
		return CAUSE_UNKNOWN;
	if (!strcmp(role, "relro") || is_relocated(part, at))
		return CAUSE_RELOCATION;
	if (!strcmp(role, "bss"))
		return CAUSE_BSS;
	if (!strcmp(role, "data"))
		return CAUSE_DATA;
	return CAUSE_TEXT;
}

/**
 * attribution_page() - Find out what the copies of a page are charged to.
 * @a: The library; @share, @shares, @weight and @cause are set.
 * @page: Index of the page in the file.
 */
void attribution_page(struct attribution *a, uint64_t page)
{
	size_t i;

	a->cause = CAUSE_UNKNOWN;
	a->shares = 0;
	a->weight = 0;
	for (i = 0; i < a->parts; i++) {
		uint64_t weight = overlap(a, &a->part[i], page);
		enum cause cause;

		if (!weight)
			continue;
		cause = cause_at(a, &a->part[i], page);
		if (cause < a->cause) {
			a->cause = cause;
			a->shares = 0;
			a->weight = 0;
		}
		if (cause != a->cause)
			continue;
		a->share[a->shares++] = (struct share){ i, weight };
		a->weight += weight;
	}
}

/**
 * attribution_next() - Where pages end that are charged alike.
 * @a: The library.
 * @page: Index of a page.
 *
 * Return: Index of the first page after it that may be charged otherwise;
 *         UINT64_MAX if all of them are alike.
 */
uint64_t attribution_next(const struct attribution *a, uint64_t page)
{
	size_t low = 0, high = a->edges;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (a->edge[middle] <= page)
			low = middle + 1;
		else
			high = middle;
	}
	return low < a->edges ? a->edge[low] : UINT64_MAX;
}

/**
 * attribution_split() - Divide bytes among the sections of the page at hand.
 * @a: The library, with a page that has some.
 * @bytes: How many bytes there are.
 * @share: Set to those of each of @a->share. Their sum is @bytes: what rounding leaves
 *         goes to the last.
 */
void attribution_split(const struct attribution *a, uint64_t bytes, uint64_t *share)
{
	uint64_t given = 0;
	size_t i;

	for (i = 0; i < a->shares; i++) {
		share[i] = (__uint128_t)bytes * a->share[i].weight / a->weight;
		given += share[i];
	}
	share[a->shares - 1] += bytes - given;
}

/**
 * attribution_end() - Free what was found out about a library.
 * @a: The library.
 */
void attribution_end(struct attribution *a)
{
	free(a->part);
	free(a->edge);
	free(a->share);
}
