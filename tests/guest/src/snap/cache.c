// SPDX-License-Identifier: GPL-2.0-only
/* What of a file is in the page cache, by cachestat(2) and mincore(2). */
#define _GNU_SOURCE
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "snap.h"

#define SYS_CACHESTAT 451
#define HUGE_FILE (1LL << 32)

struct file {
	char dev[16];
	uint64_t ino;
};

static struct file *files;
static size_t nr_files;

void forget_files(void)
{
	nr_files = 0;
}

struct cachestat_range {
	uint64_t off, len;
};

struct cachestat {
	uint64_t nr_cache, nr_dirty, nr_writeback, nr_evicted, nr_recently_evicted;
};

/* Runs of pages that mincore() finds in a part of a file; how many runs so far. */
static int probe_range(int fd, off_t start, off_t end, int any, FILE *out)
{
	off_t base = start / page_size * page_size;
	size_t n = (size_t)(end - base + page_size - 1) / page_size, first = 0, len = 0;
	unsigned char *in = malloc(n + 1);
	void *map = mmap(NULL, n * page_size, PROT_READ, MAP_SHARED, fd, base);

	if (!in || map == MAP_FAILED || mincore(map, n * page_size, in))
		die("mincore");
	munmap(map, n * page_size);
	in[n] = 0;
	for (size_t i = 0; i <= n; i++) {
		if (in[i] & 1) {
			first = len ? first : i;
			len++;
		} else if (len) {
			fprintf(out, "%s%zu+%zu", any++ ? "," : "", base / page_size + first, len);
			len = 0;
		}
	}
	free(in);
	return any;
}

/* name: its path in maps, for a dead leader, which has no map_files any more. */
void probe_cache(const char *task, const char *range, const char *name, const char *dev,
		 uint64_t ino, FILE *out)
{
	struct cachestat_range whole = { 0, 0 };
	struct cachestat stat;
	struct statfs fs;
	struct stat st;
	char path[256];
	off_t end;
	int fd, any = 0;

	for (size_t i = 0; i < nr_files; i++)
		if (files[i].ino == ino && !strcmp(files[i].dev, dev))
			return;
	snprintf(path, sizeof(path), "%s/map_files/%s", task, range);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) {
		fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
		if (fd >= 0 && (fstat(fd, &st) || st.st_ino != ino)) {
			close(fd);
			return;
		}
	}
	if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		if (fd >= 0)
			close(fd);
		return;
	}
	files = grow(files, nr_files, sizeof(*files));
	snprintf(files[nr_files].dev, sizeof(files[nr_files].dev), "%s", dev);
	files[nr_files++].ino = ino;

	fprintf(out, "%s %" PRIu64 " %" PRIu64 " ", dev, ino, (uint64_t)st.st_size);
	/* cachestat() of an overlay looks at the overlay's own, empty cache. */
	if (!fstatfs(fd, &fs) && fs.f_type != OVERLAYFS_SUPER_MAGIC &&
	    syscall(SYS_CACHESTAT, fd, &whole, &stat, 0) == 0)
		fprintf(out, "%" PRIu64 " ", stat.nr_cache);
	else
		fprintf(out, "- ");
	for (off_t at = 0; at < st.st_size; at = end) {
		end = st.st_size;
		/* A huge file has too many pages to ask for each: only for where it has data. */
		if (st.st_size > HUGE_FILE) {
			at = lseek(fd, at, SEEK_DATA);
			if (at < 0)
				break;
			end = lseek(fd, at, SEEK_HOLE);
		}
		any = probe_range(fd, at, end, any, out);
	}
	fprintf(out, "%s\n", any ? "" : "-");
	close(fd);
}
