// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading copies, from the first process that holds them. Their contents are hashed with
 * a key of this audit's own, and forgotten.
 *
 * Not by process_vm_readv(), which pins pages: since Linux 5.19, the kernel gives a
 * process a copy of its own before it pins one that is shared, and so undoes what is to
 * be measured. /proc/PID/mem only takes a reference, one page at a time.
 *
 * A read would fault in what is not there. So only what pagemap had as present is read,
 * and is looked up there again: what changed meanwhile is not known.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "data/addresses.h"
#include "data/alloc.h"
#include "data/elffile.h"
#include "views/audit_copies.h"

#define BATCH 16		/* pages that are read at once */

struct reading {
	struct audited *a;
	struct addresses addresses;
	struct page_key key;
	unsigned char *page;
	int mem, pagemap;
};

static const struct entry *entry_of(const struct reading *r, const struct copy *copy)
{
	return &r->a->entry[copy->entry];
}

/* Whether a copy is the only one of its page: there is nothing to compare it with. */
static bool is_alone(const struct reading *r, const struct copy *copy)
{
	const struct copy *first = r->a->copy, *end = first + r->a->copies;

	return (copy == first || copy[-1].lib != copy->lib || copy[-1].page != copy->page) &&
	       (copy + 1 == end || copy[1].lib != copy->lib || copy[1].page != copy->page);
}

/* Read copies that lie one after another. */
static void read_batch(struct reading *r, struct copy *const *copy, size_t nr)
{
	uint64_t size = r->a->snap->page_size;
	ssize_t got, i;

	got = pread(r->mem, r->page, nr * size, entry_of(r, copy[0])->address);
	/* One page that cannot be read does not keep those behind it from being read. */
	if (got < (ssize_t)size) {
		if (nr > 1)
			read_batch(r, copy + 1, nr - 1);
		return;
	}
	got /= size;
	for (i = 0; i < got; i++) {
		copy[i]->hash = page_hash(&r->key, is_alone(r, copy[i]) ? NULL : &r->addresses,
					  r->page + i * size);
		copy[i]->class = CLASS_DIFFERENT;
	}
	if ((size_t)got < nr)
		read_batch(r, copy + got, nr - got);
}

/* Copies that are no longer where they were, if they ever were read, are not known. */
static void check_places(struct reading *r, struct copy *const *copy, size_t nr)
{
	uint64_t size = r->a->snap->page_size, entry[ENTRIES], first, at;
	size_t i, j, end;
	ssize_t got;

	for (i = 0; i < nr; i = end) {
		first = entry_of(r, copy[i])->address / size;
		for (end = i + 1, at = first; end < nr; end++) {
			uint64_t next = entry_of(r, copy[end])->address / size;

			if (next - at > NEAR || next - first >= ENTRIES)
				break;
			at = next;
		}
		got = pread(r->pagemap, entry, (at - first + 1) * 8, first * 8);
		for (j = i; j < end; j++) {
			const struct entry *e = entry_of(r, copy[j]);

			at = e->address / size - first;
			if (got < (ssize_t)(at + 1) * 8 || !(entry[at] & PM_PRESENT) ||
			    (entry[at] & PM_PFN) != e->frame)
				copy[j]->class = CLASS_UNREAD;
		}
	}
}

/* Read copies that are sorted by page, as many at once as lie one after another. */
static bool read_copies(struct reading *r, struct copy *const *copy, size_t nr)
{
	uint64_t size = r->a->snap->page_size;
	size_t i, end;

	for (i = 0; i < nr; i = end) {
		uint64_t address = entry_of(r, copy[i])->address;

		for (end = i + 1; end < nr && end - i < BATCH; end++)
			if (entry_of(r, copy[end])->address != address + (end - i) * size)
				break;
		if (addresses_has(&r->addresses, address, address + (end - i) * size))
			read_batch(r, copy + i, end - i);
		r->a->progress.read += (end - i) * size;
		if (!audit_goes_on(r->a))
			return false;
	}
	check_places(r, copy, nr);
	return true;
}

/* Read the copies that one process is asked for. */
static bool read_process(struct reading *r, struct copy *const *copy, size_t nr)
{
	uint64_t pid = r->a->proc[entry_of(r, copy[0])->proc].pid;
	char *path = xasprintf("/proc/%" PRIu64 "/mem", pid);
	bool goes_on = true;

	r->mem = open(path, O_RDONLY | O_CLOEXEC);
	free(path);
	path = xasprintf("/proc/%" PRIu64 "/pagemap", pid);
	r->pagemap = open(path, O_RDONLY | O_CLOEXEC);
	free(path);
	if (r->mem >= 0 && r->pagemap >= 0 && addresses_read(&r->addresses, pid))
		goes_on = read_copies(r, copy, nr);
	if (r->mem >= 0)
		close(r->mem);
	if (r->pagemap >= 0)
		close(r->pagemap);
	return goes_on;
}

/* Pages of the file, as far as they are in memory: how many these are. */
static size_t read_file(const struct reading *r, int fd, uint64_t first, size_t nr)
{
	uint64_t size = r->a->snap->page_size;
	struct iovec to = { r->page, nr * size };
	ssize_t got = preadv2(fd, &to, 1, first * size, RWF_NOWAIT);
	struct statfs fs;
	size_t pages;

	/* There, nothing is read from a disk. */
	if (got < 0 && errno == EOPNOTSUPP && !fstatfs(fd, &fs) && fs.f_type == TMPFS_MAGIC)
		got = preadv(fd, &to, 1, first * size);
	if (got <= 0)
		return 0;
	pages = (got + size - 1) / size;
	memset(r->page + got, 0, pages * size - got);
	return pages;
}

/* How many pages with copies follow each other, from that of the first copy on. */
static size_t count_pages(const struct copy *copy, size_t nr)
{
	size_t pages = 1, i;

	for (i = 1; i < nr && pages < BATCH; i++) {
		if (copy[i].page > copy[i - 1].page + 1)
			break;
		pages += copy[i].page != copy[i - 1].page;
	}
	return pages;
}

/* Which copies of a library are what the file has. */
static void compare_with_file(struct reading *r, struct copy *copy, size_t nr)
{
	const struct library *first =
		(void *)r->a->snap->table[LIBRARIES].at, *lib = first + copy->lib;
	uint64_t size = r->a->snap->page_size, begin = 0, file = 0;
	int fd = elf_open(r->a->snap, lib);
	size_t pages = 0, i;

	if (fd < 0)
		return;
	for (i = 0; i < nr; i++) {
		if (!i || copy[i].page != copy[i - 1].page) {
			if (copy[i].page - begin >= pages) {
				begin = copy[i].page;
				pages = read_file(r, fd, begin, count_pages(copy + i, nr - i));
			}
			if (pages)
				file = page_hash(&r->key, NULL, r->page +
						 (copy[i].page - begin) * size).content;
		}
		if (pages && copy[i].class == CLASS_DIFFERENT &&
		    copy[i].hash.content == file)
			copy[i].class = CLASS_IN_FILE;
	}
	close(fd);
}

/* Sort copies by process, and leave them in the order of pages. */
static struct copy **by_process(const struct audited *a)
{
	size_t *at = xcalloc(a->procs + 1, sizeof(*at)), i;
	struct copy **sorted = xcalloc(a->copies, sizeof(*sorted));

	for (i = 0; i < a->copies; i++)
		at[a->entry[a->copy[i].entry].proc + 1]++;
	for (i = 0; i < a->procs; i++)
		at[i + 1] += at[i];
	for (i = 0; i < a->copies; i++)
		sorted[at[a->entry[a->copy[i].entry].proc]++] = &a->copy[i];
	free(at);
	return sorted;
}

/* Read the copies process by process, and the files behind them. */
static bool read_all(struct reading *r, struct copy *const *copy)
{
	struct audited *a = r->a;
	size_t i, end;

	for (i = 0; i < a->copies; i = end) {
		for (end = i + 1; end < a->copies; end++)
			if (entry_of(r, copy[end])->proc != entry_of(r, copy[i])->proc)
				break;
		if (!read_process(r, copy + i, end - i))
			return false;
	}
	for (i = 0; i < a->copies; i = end) {
		for (end = i + 1; end < a->copies; end++)
			if (a->copy[end].lib != a->copy[i].lib)
				break;
		compare_with_file(r, a->copy + i, end - i);
	}
	return true;
}

/**
 * audit_read() - Read all copies and the pages of files behind them.
 * @a: The audit, with its copies, which are set to "different" or "in the file" if they
 *     could be read.
 *
 * Return: Whether the audit is to go on.
 */
bool audit_read(struct audited *a)
{
	struct copy **copy = by_process(a);
	struct reading r = { .a = a };
	bool goes_on;

	a->progress.all = a->copies * a->snap->page_size;
	page_key_make(&r.key, a->snap->page_size);
	r.addresses.seed = r.key.seed;
	r.page = xcalloc(BATCH, a->snap->page_size);
	goes_on = read_all(&r, copy);
	/* Nothing of them stays in memory. */
	explicit_bzero(r.page, BATCH * a->snap->page_size);
	page_key_free(&r.key);
	free(r.addresses.at);
	free(r.page);
	free(copy);
	return goes_on;
}
