// SPDX-License-Identifier: GPL-2.0-only
/*
 * An exact census from maps and pagemap: the entries of a process's file
 * mappings, those of neighbouring VMAs in one read.
 */
#include <stdlib.h>
#include <sys/param.h>
#include <unistd.h>

#include "peers.h"
#include "proc.h"

#define BATCH 8192		/* entries in a read */
#define PRESENT (1ULL << 63)
#define FILE_PAGE (1ULL << 61)

struct census {
	struct libs *libs;
	uint32_t process;
	int pagemap;
	uint64_t begin;		/* what entry[] holds */
	uint64_t filled;
	uint64_t entry[BATCH];
	struct map map[BATCH];	/* VMAs of files, nothing between them */
	size_t nr;
};

static void add_entries(const uint64_t *entry, size_t nr, struct lib *lib, uint64_t index)
{
	size_t i;

	for (i = 0; i < nr; i++) {
		if ((entry[i] & (PRESENT | FILE_PAGE)) == (PRESENT | FILE_PAGE))
			lib_add_page(lib, index + i);
		else
			lib->copies += entry[i] >> 63;
	}
}

static bool fill(struct census *c, uint64_t at, uint64_t end)
{
	size_t bytes = MIN((end - at) / 4096, BATCH) * 8;

	if (pread(c->pagemap, c->entry, bytes, at / 4096 * 8) != (ssize_t)bytes)
		return false;
	c->begin = at;
	c->filled = at + bytes / 8 * 4096;
	return true;
}

static void add_vmas(struct census *c)
{
	size_t i;

	c->filled = 0;
	for (i = 0; i < c->nr; i++) {
		const struct map *map = &c->map[i];
		struct lib *lib = libs_get(c->libs, map->dev, map->ino, c->process);
		uint64_t at = map->start;

		lib->executable |= map->executable;
		lib_make_room(lib, (map->offset + map->end - map->start) / 4096);
		while (at < map->end) {
			uint64_t end;

			if (at >= c->filled && !fill(c, at, c->map[c->nr - 1].end))
				return;
			end = MIN(map->end, c->filled);
			add_entries(c->entry + (at - c->begin) / 4096, (end - at) / 4096, lib,
				    (map->offset + at - map->start) / 4096);
			at = end;
		}
	}
	c->nr = 0;
}

static void add_process(struct census *c, const char *maps)
{
	c->nr = 0;
	while (*maps) {
		struct map *map = &c->map[c->nr];

		maps = proc_parse_map(maps, map);
		if (!map->ino)
			continue;
		if (c->nr && (map[-1].end != map->start || c->nr == BATCH - 1)) {
			struct map next = *map;

			add_vmas(c);
			c->map[0] = next;
		}
		c->nr++;
	}
	add_vmas(c);
}

void census_run(const struct peer *peer, struct libs *libs)
{
	static struct census c;
	char *buf = NULL;
	size_t size = 0, nr, i;
	pid_t *pids;

	(void)peer;
	c.libs = libs;
	nr = proc_pids(&pids);
	for (i = 0; i < nr; i++) {
		int fd = open_proc(pids[i], "maps");

		if (fd < 0)
			continue;
		if (read_proc(fd, &buf, &size) > 0) {
			c.pagemap = open_proc(pids[i], "pagemap");
			c.process = i + 1;
			add_process(&c, buf);
			close(c.pagemap);
		}
		close(fd);
	}
	free(pids);
	free(buf);
}
