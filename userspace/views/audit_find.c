// SPDX-License-Identifier: GPL-2.0-only
/* Which copies there are: what pagemap says of the mappings in which the scan met some. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

#include "data/alloc.h"
#include "views/audit_copies.h"

#define DIGIT 8			/* bits by which entries are sorted at once */

static bool add_entry(struct audited *a, struct entry entry)
{
	if (a->entries == a->room) {
		a->room = a->room ? 2 * a->room : 4096;
		if (a->room > memory_max / sizeof(entry))
			return audit_fail(a, "the copies are too many for %" PRIu64 " MiB of memory: choose libraries or processes, or allow more with --memory-max",
					  memory_max >> 20);
		a->entry = xrealloc(a->entry, a->room, sizeof(entry));
	}
	a->entry[a->entries++] = entry;
	return true;
}

/* Leave out zero pages and pages of files, which some kernels do not mark in pagemap. */
static void drop_others(struct audited *a, size_t first)
{
	int fd = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
	size_t kept = first, i;

	for (i = first; i < a->entries; i++) {
		uint64_t flags = KPF_ANON;

		if (fd >= 0 && pread(fd, &flags, sizeof(flags), a->entry[i].frame * 8) !=
			       sizeof(flags))
			flags = 0;
		if (flags & KPF_ANON)
			a->entry[kept++] = a->entry[i];
	}
	a->entries = kept;
	if (fd >= 0)
		close(fd);
}

/* What pagemap has of some pages of a process. */
struct window {
	int pagemap;
	uint64_t start, end;		/* addresses */
	uint64_t entry[ENTRIES];
};

/* Read on from an address, as far as there is something to find. */
static bool read_window(struct window *w, uint64_t page, uint64_t address, uint64_t end)
{
	size_t nr = (end - address) / page;
	ssize_t got = pread(w->pagemap, w->entry, (nr < ENTRIES ? nr : ENTRIES) * 8,
			    address / page * 8);

	w->start = address;
	w->end = address + (got > 0 ? got / 8 * page : 0);
	return w->end > address;
}

/* The end of a mapping, and of those behind it that one read is cheaper for. */
static uint64_t end_of(const struct audited *a, size_t first, uint64_t page)
{
	uint64_t start = a->map[first]->start, end = a->map[first]->end;
	size_t i;

	for (i = first + 1; i < a->maps && end - start < ENTRIES * page; i++) {
		if (a->map[i]->pid != a->map[first]->pid || a->map[i]->start - end > NEAR * page)
			break;
		end = a->map[i]->end;
	}
	return end;
}

static bool find_in(struct audited *a, size_t number, uint32_t lib, uint32_t proc,
		    struct window *w)
{
	const struct mapping *map = a->map[number];
	uint64_t page = a->snap->page_size, address, end = 0, entry, met, change;
	size_t first = a->entries;
	bool fine;

	for (address = map->start; address < map->end; address += page) {
		if (address < w->start || address >= w->end) {
			end = end ?: end_of(a, number, page);
			if (!read_window(w, page, address, end))
				break;
		}
		entry = w->entry[(address - w->start) / page];
		if (!(entry & PM_PRESENT) || entry & PM_FILE)
			continue;
		if (!(entry & PM_PFN))
			return audit_fail(a, "the kernel does not say which copies are shared: run this as root, with the capability CAP_SYS_ADMIN");
		fine = add_entry(a, (struct entry){
			.lib = lib, .proc = proc, .address = address,
			.page = (map->offset + address - map->start) / page,
			.frame = entry & PM_PFN });
		if (!fine)
			return false;
	}
	if ((a->entries - first) * page > map->cow)
		drop_others(a, first);
	met = (a->entries - first) * page;
	change = met > map->cow ? met - map->cow : map->cow - met;
	a->changed[lib] += change;
	return true;
}

/* By what entries are sorted, last by what counts most. */
enum key {
	BY_FRAME,
	BY_PAGE,
	BY_LIBRARY,
	KEYS,
};

static uint64_t key_of(const struct entry *entry, enum key key)
{
	return key == BY_FRAME ? entry->frame : key == BY_PAGE ? entry->page : entry->lib;
}

/* Sort by some bits of a key; entries that are alike in these stay in their order. */
static void sort_by(struct entry *to, const struct entry *from, size_t nr, enum key key,
		    unsigned int shift)
{
	size_t start[1 << DIGIT] = { 0 }, i, first = 0, here;

	for (i = 0; i < nr; i++)
		start[key_of(&from[i], key) >> shift & ((1 << DIGIT) - 1)]++;
	for (i = 0; i < 1 << DIGIT; i++) {
		here = start[i];
		start[i] = first;
		first += here;
	}
	for (i = 0; i < nr; i++)
		to[start[key_of(&from[i], key) >> shift & ((1 << DIGIT) - 1)]++] = from[i];
}

/* By library, page, frame, and process, which is how they were found. */
static void sort_entries(struct audited *a)
{
	struct entry *other = xrealloc(NULL, a->entries, sizeof(*other)), *swap;
	unsigned int shift;
	uint64_t bits;
	enum key key;
	size_t i;

	for (key = 0; key < KEYS; key++) {
		for (bits = 0, i = 0; i < a->entries; i++)
			bits |= key_of(&a->entry[i], key);
		for (shift = 0; shift < 64 && bits >> shift; shift += DIGIT) {
			sort_by(other, a->entry, a->entries, key, shift);
			swap = a->entry;
			a->entry = other;
			other = swap;
		}
	}
	free(other);
}

/* Entries of the same page with the same frame hold the same copy. */
static void make_copies(struct audited *a)
{
	size_t i, end;

	a->copy = xrealloc(NULL, a->entries, sizeof(*a->copy));
	if (!a->entries)
		return;
	sort_entries(a);
	for (i = 0; i < a->entries; i = end) {
		const struct entry *first = &a->entry[i];

		for (end = i + 1; end < a->entries; end++)
			if (a->entry[end].lib != first->lib || a->entry[end].page != first->page ||
			    a->entry[end].frame != first->frame)
				break;
		a->copy[a->copies++] = (struct copy){
			.lib = first->lib, .exe = a->proc[first->proc].exe, .page = first->page,
			.entry = i, .entries = end - i, .class = CLASS_UNREAD };
	}
	a->copy = xrealloc(a->copy, a->copies, sizeof(*a->copy));
}

/* Open what says where the pages of a process are; a process may have ended. */
static bool open_pagemap(struct audited *a, uint64_t pid, struct window *w)
{
	char *path = xasprintf("/proc/%" PRIu64 "/pagemap", pid);
	bool fine = true;

	if (w->pagemap >= 0)
		close(w->pagemap);
	w->end = 0;
	w->pagemap = open(path, O_RDONLY | O_CLOEXEC);
	if (w->pagemap < 0 && errno == EACCES)
		fine = audit_fail(a, "cannot open %s: %s", path, strerror(errno));
	free(path);
	return fine;
}

static bool find_all(struct audited *a, struct window *w)
{
	const struct library *first = (void *)a->snap->table[LIBRARIES].at, *lib;
	uint32_t proc = 0;
	size_t i;

	for (i = 0; i < a->maps; i++) {
		if (!i || a->map[i]->pid != a->map[i - 1]->pid) {
			while (a->proc[proc].pid != a->map[i]->pid)
				proc++;
			if (!audit_goes_on(a) || !open_pagemap(a, a->map[i]->pid, w))
				return false;
			a->progress.searched++;
		}
		lib = snapshot_library(a->snap, a->map[i]->lib);
		if (w->pagemap < 0)
			a->changed[lib - first] += a->map[i]->cow;
		else if (!find_in(a, i, lib - first, proc, w))
			return false;
	}
	return true;
}

/**
 * audit_find() - Find all copies that are asked for.
 * @a: The audit, with mappings, processes and libraries; entries and copies are set.
 *
 * Return: Whether that worked, and the audit is to go on.
 */
bool audit_find(struct audited *a)
{
	struct window w = { .pagemap = -1 };
	bool found = find_all(a, &w);

	if (w.pagemap >= 0)
		close(w.pagemap);
	if (found)
		make_copies(a);
	return found;
}
