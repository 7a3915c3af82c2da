// SPDX-License-Identifier: GPL-2.0-only
/* Which copies there are: what pagemap says of the mappings in which the scan met some. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

#include "data/alloc.h"
#include "views/audit_copies.h"

#define PRESENT (1ull << 63)
#define OF_FILE (1ull << 61)
#define FRAME ((1ull << 55) - 1)
#define KPF_ANON (1ull << 12)	/* in /proc/kpageflags */
#define BATCH 512		/* entries: what one page table maps */

static void add_entry(struct audited *a, struct entry entry)
{
	if (a->entries == a->room) {
		a->room = a->room ? 2 * a->room : 4096;
		if (a->room > memory_max / sizeof(entry))
			errx(2, "the copies are too many for %" PRIu64 " MiB of memory: choose libraries or processes, or allow more with --memory-max",
			     memory_max >> 20);
		a->entry = xrealloc(a->entry, a->room, sizeof(entry));
	}
	a->entry[a->entries++] = entry;
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

static void find_in(struct audited *a, const struct mapping *map,
		    uint32_t lib, uint32_t proc, int pagemap)
{
	uint64_t page = a->snap->page_size, address = map->start, entry[BATCH], met, change;
	size_t first = a->entries;

	while (address < map->end) {
		size_t nr = (map->end - address) / page, i;
		ssize_t got;

		if (nr > BATCH - address / page % BATCH)
			nr = BATCH - address / page % BATCH;
		got = pread(pagemap, entry, nr * 8, address / page * 8);
		if (got <= 0)
			break;
		for (i = 0; i < (size_t)got / 8; i++, address += page) {
			if (!(entry[i] & PRESENT) || entry[i] & OF_FILE)
				continue;
			if (!(entry[i] & FRAME))
				errx(2, "the kernel does not say which copies are shared: run this as root, with the capability CAP_SYS_ADMIN");
			add_entry(a, (struct entry){
				.lib = lib, .proc = proc, .address = address,
				.page = (map->offset + address - map->start) / page,
				.frame = entry[i] & FRAME });
		}
	}
	if ((a->entries - first) * page > map->cow)
		drop_others(a, first);
	met = (a->entries - first) * page;
	change = met > map->cow ? met - map->cow : map->cow - met;
	a->changed[lib] += change;
}

static int by_copy(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->lib != y->lib)
		return x->lib < y->lib ? -1 : 1;
	if (x->page != y->page)
		return x->page < y->page ? -1 : 1;
	if (x->frame != y->frame)
		return x->frame < y->frame ? -1 : 1;
	return (x->proc > y->proc) - (x->proc < y->proc);
}

/* Entries of the same page with the same frame hold the same copy. */
static void make_copies(struct audited *a)
{
	size_t i, end;

	a->copy = xcalloc(a->entries, sizeof(*a->copy));
	if (!a->entries)
		return;
	qsort(a->entry, a->entries, sizeof(*a->entry), by_copy);
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

/**
 * audit_find() - Find all copies that are asked for.
 * @a: The audit, with mappings, processes and libraries; entries and copies are set.
 */
void audit_find(struct audited *a)
{
	const struct library *first = (void *)a->snap->table[LIBRARIES].at, *lib;
	uint32_t proc = 0;
	int pagemap = -1;
	char *path;
	size_t i;

	for (i = 0; i < a->maps; i++) {
		if (!i || a->map[i]->pid != a->map[i - 1]->pid) {
			if (pagemap >= 0)
				close(pagemap);
			while (a->proc[proc].pid != a->map[i]->pid)
				proc++;
			path = xasprintf("/proc/%" PRIu64 "/pagemap", a->map[i]->pid);
			pagemap = open(path, O_RDONLY | O_CLOEXEC);
			if (pagemap < 0 && errno == EACCES)
				err(2, "cannot open %s", path);
			free(path);
		}
		lib = snapshot_library(a->snap, a->map[i]->lib);
		if (pagemap >= 0)
			find_in(a, a->map[i], lib - first, proc, pagemap);
		else
			a->changed[lib - first] += a->map[i]->cow;
	}
	if (pagemap >= 0)
		close(pagemap);
	make_copies(a);
}
