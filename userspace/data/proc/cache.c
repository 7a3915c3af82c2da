// SPDX-License-Identifier: GPL-2.0-only
/*
 * The page cache of a file, by cachestat(2) (Linux 6.5) or mincore(2). Neither brings a
 * page into it.
 */
#include <errno.h>
#include <sys/mman.h>
#include <sys/param.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "data/alloc.h"
#include "data/snapshot.h"
#include "data/proc/cache.h"

#ifndef SYS_cachestat
#define SYS_cachestat 451
#endif

#define CHUNK 65536		/* pages that are asked for at once */
#define MOST (1ull << 24)	/* pages of a file that mincore() alone is asked for */
#define BEHIND 1024		/* pages behind the end of a file that a large folio may reach */

/* As in linux/mman.h, which may be older than the kernel that runs. */
struct range {
	uint64_t off, len;
};

struct cachestat {
	uint64_t nr_cache, nr_dirty, nr_writeback, nr_evicted, nr_recently_evicted;
};

static bool count_range(int fd, uint64_t off, uint64_t len, uint64_t *pages)
{
	struct range range = { off, len };
	struct cachestat stat;

	if (syscall(SYS_cachestat, fd, &range, &stat, 0))
		return false;
	*pages = stat.nr_cache;
	return true;
}

static void add(struct proc_cache *c, uint64_t index)
{
	struct proc_cached *last = c->nr ? &c->run[c->nr - 1] : NULL;

	if (last && last->first + last->count == index) {
		last->count++;
		return;
	}
	if (!c->run || c->nr == c->room) {
		c->room = c->room ? 2 * c->room : 16;
		c->run = xrealloc(c->run, c->room, sizeof(*c->run));
	}
	c->run[c->nr++] = (struct proc_cached){ index, 1 };
}

/* mincore() calls every page of a file resident that the caller may not write to. */
static bool may_ask(int fd)
{
	struct stat st;
	char path[32];

	if (fstat(fd, &st))
		return false;
	if (!geteuid() || st.st_uid == geteuid())
		return true;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return !eaccess(path, W_OK);
}

/* Add what is cached of @nr pages from @first on; how many, or unknown. */
static uint64_t probe(struct proc_cache *c, int fd, uint64_t first, uint64_t nr,
		      uint64_t page_size)
{
	static __thread unsigned char in[CHUNK];
	uint64_t found = 0, i;
	void *map = mmap(NULL, nr * page_size, PROT_READ, MAP_SHARED, fd, first * page_size);

	if (map == MAP_FAILED)
		return UNKNOWN;
	if (mincore(map, nr * page_size, in)) {
		munmap(map, nr * page_size);
		return UNKNOWN;
	}
	munmap(map, nr * page_size);
	for (i = 0; i < nr; i++) {
		if (!(in[i] & 1))
			continue;
		add(c, first + i);
		found++;
	}
	return found;
}

/* Pages of a large folio may lie behind the end of the file, where mincore() sees none. */
static void probe_behind(struct proc_cache *c, int fd, uint64_t index, uint64_t missing,
			 uint64_t page_size)
{
	uint64_t end = index + BEHIND, one;

	for (; missing && index < end; index++) {
		if (!count_range(fd, index * page_size, page_size, &one))
			return;
		if (one)
			add(c, index);
		missing -= one;
	}
}

static uint64_t find_runs(struct proc_cache *c, int fd, uint64_t nr, bool counted,
			  uint64_t page_size)
{
	uint64_t found = 0, some, first;

	for (first = 0; first < nr; first += CHUNK) {
		uint64_t part = MIN(nr - first, CHUNK);

		if (counted && count_range(fd, first * page_size, part * page_size, &some) && !some)
			continue;
		some = probe(c, fd, first, part, page_size);
		if (some == UNKNOWN)
			return some;
		found += some;
	}
	return found;
}

/**
 * proc_cache_read() - Find out what of a file is in the page cache.
 * @c: Set to that; @run is for free().
 * @fd: The file, open for reading.
 * @size: Its size in bytes.
 * @overlay: It lies on an overlay, which has a page cache of its own that is empty.
 * @runs: Also find out which pages.
 */
void proc_cache_read(struct proc_cache *c, int fd, uint64_t size,
		     bool overlay, bool runs)
{
	uint64_t page_size = sysconf(_SC_PAGESIZE), nr = (size + page_size - 1) / page_size, found;
	bool counted = !overlay && count_range(fd, 0, 0, &c->pages);

	if (!counted)
		c->pages = UNKNOWN;
	if ((counted && !runs) || !may_ask(fd) || (!counted && nr > MOST))
		return;
	found = find_runs(c, fd, nr, counted, page_size);
	if (found == UNKNOWN)
		c->nr = 0;
	else if (counted && found < c->pages)
		probe_behind(c, fd, nr, c->pages - found, page_size);
	if (!counted)
		c->pages = found;
}
