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
#include <time.h>
#include <unistd.h>

#include "data/addresses.h"
#include "data/alloc.h"
#include "data/elffile.h"
#include "data/text.h"
#include "views/audit_copies.h"

#define BATCH 16		/* pages that are read at once */
#define PRESENT (1ull << 63)
#define FRAME ((1ull << 55) - 1)

struct reading {
	struct audited *a;
	struct addresses addresses;
	struct page_key key;
	unsigned char *page;
	int mem, pagemap;
	size_t done, all;		/* copies */
	uint64_t said;			/* when progress was told, in ns */
};

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000ull + time.tv_nsec;
}

/* After a second, say once a second how far it is. */
static void tell_progress(struct reading *r)
{
	uint64_t time = now(), page = r->a->snap->page_size;
	char done[SIZE_TEXT], all[SIZE_TEXT];

	if (!r->said)
		r->said = time;
	if (!r->a->progress || time - r->said < 1000000000)
		return;
	r->said = time;
	fprintf(r->a->progress, "libshare-top: %s of %s of copies read\n",
		text_size(r->done * page, done), text_size(r->all * page, all));
}

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
	uint64_t size = r->a->snap->page_size, entry[BATCH];
	uint64_t address = entry_of(r, copy[0])->address;
	ssize_t got, i;

	got = pread(r->mem, r->page, nr * size, address);
	/* One page that cannot be read does not keep those behind it from being read. */
	if (got < (ssize_t)size) {
		if (nr > 1)
			read_batch(r, copy + 1, nr - 1);
		return;
	}
	got /= size;
	if (pread(r->pagemap, entry, got * 8, address / size * 8) != got * 8)
		return;
	for (i = 0; i < got; i++) {
		unsigned char *page = r->page + i * size;

		if (!(entry[i] & PRESENT) || (entry[i] & FRAME) != entry_of(r, copy[i])->frame)
			continue;
		copy[i]->hash = page_hash(&r->key, is_alone(r, copy[i]) ? NULL : &r->addresses,
					  page);
		copy[i]->class = CLASS_DIFFERENT;
	}
	if ((size_t)got < nr)
		read_batch(r, copy + got, nr - got);
}

/* Read the copies that one process is asked for, which are sorted by address. */
static void read_process(struct reading *r, struct copy *const *copy, size_t nr)
{
	uint64_t size = r->a->snap->page_size, pid = r->a->proc[entry_of(r, copy[0])->proc].pid;
	char *path = xasprintf("/proc/%" PRIu64 "/mem", pid);
	size_t i, end;

	r->mem = open(path, O_RDONLY | O_CLOEXEC);
	free(path);
	path = xasprintf("/proc/%" PRIu64 "/pagemap", pid);
	r->pagemap = open(path, O_RDONLY | O_CLOEXEC);
	free(path);
	if (r->mem >= 0 && r->pagemap >= 0 && addresses_read(&r->addresses, pid)) {
		for (i = 0; i < nr; i = end) {
			uint64_t address = entry_of(r, copy[i])->address;

			for (end = i + 1; end < nr && end - i < BATCH; end++)
				if (entry_of(r, copy[end])->address != address + (end - i) * size)
					break;
			if (addresses_has(&r->addresses, address,
					  address + (end - i) * size))
				read_batch(r, copy + i, end - i);
			r->done += end - i;
			tell_progress(r);
		}
	}
	if (r->mem >= 0)
		close(r->mem);
	if (r->pagemap >= 0)
		close(r->pagemap);
}

static int by_place(const void *a, const void *b, void *data)
{
	const struct copy *const *x = a, *const *y = b;
	const struct audited *all = data;
	const struct entry *e = &all->entry[(*x)->entry], *f = &all->entry[(*y)->entry];

	if (e->proc != f->proc)
		return e->proc < f->proc ? -1 : 1;
	return (e->address > f->address) - (e->address < f->address);
}

/* A page of the file, if it is in memory. */
static bool read_file_page(const struct reading *r, int fd, uint64_t page)
{
	uint64_t size = r->a->snap->page_size;
	struct iovec to = { r->page, size };
	ssize_t got = preadv2(fd, &to, 1, page * size, RWF_NOWAIT);
	struct statfs fs;

	/* There, nothing is read from a disk. */
	if (got < 0 && errno == EOPNOTSUPP && !fstatfs(fd, &fs) && fs.f_type == TMPFS_MAGIC)
		got = preadv(fd, &to, 1, page * size);
	if (got <= 0)
		return false;
	memset(r->page + got, 0, size - got);
	return true;
}

/* Which copies of a library are what the file has. */
static void compare_with_file(struct reading *r, struct copy *copy, size_t nr)
{
	const struct library *first =
		(void *)r->a->snap->table[LIBRARIES].at, *lib = first + copy->lib;
	int fd = elf_open(r->a->snap, lib);
	bool there = false;
	uint64_t file = 0;
	size_t i;

	if (fd < 0)
		return;
	for (i = 0; i < nr; i++) {
		if (!i || copy[i].page != copy[i - 1].page) {
			there = read_file_page(r, fd, copy[i].page);
			if (there)
				file = page_hash(&r->key, NULL, r->page).content;
		}
		if (there && copy[i].class == CLASS_DIFFERENT &&
		    copy[i].hash.content == file)
			copy[i].class = CLASS_IN_FILE;
	}
	close(fd);
}

/**
 * audit_read() - Read all copies and the pages of files behind them.
 * @a: The audit, with its copies, which are set to "different" or "in the file" if they
 *     could be read.
 */
void audit_read(struct audited *a)
{
	struct copy **copy = xcalloc(a->copies, sizeof(*copy));
	struct reading r = { .a = a, .all = a->copies };
	size_t i, end;

	page_key_make(&r.key, a->snap->page_size);
	r.addresses.seed = r.key.seed;
	r.page = xcalloc(BATCH, a->snap->page_size);
	for (i = 0; i < a->copies; i++)
		copy[i] = &a->copy[i];
	qsort_r(copy, a->copies, sizeof(*copy), by_place, a);
	for (i = 0; i < a->copies; i = end) {
		for (end = i + 1; end < a->copies; end++)
			if (entry_of(&r, copy[end])->proc != entry_of(&r, copy[i])->proc)
				break;
		read_process(&r, copy + i, end - i);
	}
	for (i = 0; i < a->copies; i = end) {
		for (end = i + 1; end < a->copies; end++)
			if (a->copy[end].lib != a->copy[i].lib)
				break;
		compare_with_file(&r, a->copy + i, end - i);
	}
	/* Nothing of them stays in memory. */
	explicit_bzero(r.page, BATCH * a->snap->page_size);
	page_key_free(&r.key);
	free(r.addresses.at);
	free(r.page);
	free(copy);
}
