// SPDX-License-Identifier: GPL-2.0-only
/*
 * The newest interfaces, in the place of maps and pagemap: PROCMAP_QUERY finds
 * the VMAs of files (since 6.11), PAGEMAP_SCAN the runs of pages that are
 * present in them (since 6.7), those of neighbouring VMAs in one call.
 */
#include <errno.h>
#include <linux/types.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/param.h>
#include <unistd.h>

#include "peers.h"
#include "proc.h"

/* The C library's headers may be older than the kernel that is measured. */
struct procmap_query_args {
	__u64 size;
	__u64 query_flags;
	__u64 query_addr;
	__u64 vma_start;
	__u64 vma_end;
	__u64 vma_flags;
	__u64 vma_page_size;
	__u64 vma_offset;
	__u64 inode;
	__u32 dev_major;
	__u32 dev_minor;
	__u32 vma_name_size;
	__u32 build_id_size;
	__u64 vma_name_addr;
	__u64 build_id_addr;
};

struct region {
	__u64 start;
	__u64 end;
	__u64 categories;
};

struct pagemap_scan_args {
	__u64 size;
	__u64 flags;
	__u64 start;
	__u64 end;
	__u64 walk_end;
	__u64 vec;
	__u64 vec_len;
	__u64 max_pages;
	__u64 category_inverted;
	__u64 category_mask;
	__u64 category_anyof_mask;
	__u64 return_mask;
};

#define QUERY _IOWR('f', 17, struct procmap_query_args)
#define QUERY_EXECUTABLE 0x04
#define QUERY_COVERING_OR_NEXT 0x10
#define QUERY_FILE_BACKED 0x20

#define SCAN _IOWR('f', 16, struct pagemap_scan_args)
#define SCAN_IS_FILE (1 << 2)
#define SCAN_IS_PRESENT (1 << 3)

#define BATCH 4096		/* VMAs, and regions, that are taken at once */

struct scan {
	struct libs *libs;
	uint32_t process;
	int pagemap;
	struct map map[BATCH];	/* VMAs of files, nothing between them */
	size_t nr;
	struct region region[BATCH];
};

static void add_region(const struct region *region, const struct map *map, struct lib *lib)
{
	uint64_t start = MAX(region->start, map->start), end = MIN(region->end, map->end);

	if (start >= end)
		return;
	if (region->categories & SCAN_IS_FILE)
		lib_add_pages(lib, (map->offset + start - map->start) / 4096, (end - start) / 4096);
	else
		lib->copies += (end - start) / 4096;
}

static struct lib *begin_vma(struct scan *s, const struct map *map)
{
	struct lib *lib = libs_get(s->libs, map->dev, map->ino, s->process);

	lib->executable |= map->executable;
	lib_make_room(lib, (map->offset + map->end - map->start) / 4096);
	return lib;
}

static void add_vmas(struct scan *s)
{
	struct pagemap_scan_args args = {
		.size = sizeof(args),
		.start = s->map[0].start,
		.end = s->map[s->nr - 1].end,
		.vec = (uintptr_t)s->region,
		.vec_len = BATCH,
		.category_mask = SCAN_IS_PRESENT,
		.return_mask = SCAN_IS_PRESENT | SCAN_IS_FILE,
	};
	struct map *map = s->map, *last = map + s->nr - 1;
	struct lib *lib = begin_vma(s, map);
	long nr, i;

	while (args.start < args.end) {
		nr = ioctl(s->pagemap, SCAN, &args);
		if (nr < 0)
			break;
		for (i = 0; i < nr; i++) {
			add_region(&s->region[i], map, lib);
			while (s->region[i].end > map->end && map < last) {
				lib = begin_vma(s, ++map);
				add_region(&s->region[i], map, lib);
			}
		}
		args.start = args.walk_end;
	}
	while (map < last)
		begin_vma(s, ++map);
	s->nr = 0;
}

static void add_process(struct scan *s, int maps)
{
	struct procmap_query_args args = {
		.size = sizeof(args),
		.query_flags = QUERY_COVERING_OR_NEXT | QUERY_FILE_BACKED,
	};

	s->nr = 0;
	while (!ioctl(maps, QUERY, &args)) {
		if (s->nr && (s->map[s->nr - 1].end != args.vma_start || s->nr == BATCH))
			add_vmas(s);
		s->map[s->nr++] = (struct map) {
			.start = args.vma_start,
			.end = args.vma_end,
			.offset = args.vma_offset,
			.dev = (uint64_t)args.dev_major << 20 | args.dev_minor,
			.ino = args.inode,
			.executable = args.vma_flags & QUERY_EXECUTABLE,
		};
		args.query_addr = args.vma_end;
	}
	if (s->nr)
		add_vmas(s);
}

void ioctl_run(const struct peer *peer, struct libs *libs)
{
	static struct scan s;
	pid_t *pids;
	size_t nr, i;

	(void)peer;
	s.libs = libs;
	nr = proc_pids(&pids);
	for (i = 0; i < nr; i++) {
		int maps = open_proc(pids[i], "maps");

		if (maps < 0)
			continue;
		s.pagemap = open_proc(pids[i], "pagemap");
		s.process = i + 1;
		add_process(&s, maps);
		close(s.pagemap);
		close(maps);
	}
	free(pids);
}

bool ioctl_available(const struct peer *peer)
{
	struct procmap_query_args query = {
		.size = sizeof(query),
		.query_flags = QUERY_COVERING_OR_NEXT | QUERY_FILE_BACKED,
	};
	int fd = open_proc(getpid(), "maps");
	bool ok = !ioctl(fd, QUERY, &query);

	(void)peer;
	close(fd);
	return ok;
}
