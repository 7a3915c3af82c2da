// SPDX-License-Identifier: GPL-2.0-only
/*
 * smaps of every process, parsed and added up by file, as librank(8) does. It
 * cannot know how many distinct pages that are: its PSS stands for them.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "peers.h"
#include "proc.h"

static uint64_t parse_kb(const char *p)
{
	uint64_t n = 0;

	while (*p == ' ')
		p++;
	for (; *p >= '0' && *p <= '9'; p++)
		n = n * 10 + *p - '0';
	return n;
}

static const char *next_line(const char *p)
{
	p = strchr(p, '\n');
	return p ? p + 1 : "";
}

/* The lines below the first of a VMA; each name is checked, whatever it is. */
static const char *add_vma(const char *p, struct lib *lib)
{
	uint64_t rss = 0, anonymous = 0;

	for (; *p >= 'A' && *p <= 'Z'; p = next_line(p)) {
		if (!memcmp(p, "Rss:", 4))
			rss = parse_kb(p + 4);
		else if (!memcmp(p, "Pss:", 4) && lib)
			lib->pss += parse_kb(p + 4) * 1024;
		else if (!memcmp(p, "Anonymous:", 10))
			anonymous = parse_kb(p + 10);
	}
	if (lib) {
		lib->rss += (rss - anonymous) / 4;
		lib->copies += anonymous / 4;
	}
	return p;
}

static void add_process(const char *p, uint32_t process, struct libs *libs)
{
	struct map map;

	while (*p) {
		struct lib *lib = NULL;

		p = proc_parse_map(p, &map);
		if (map.ino) {
			lib = libs_get(libs, map.dev, map.ino, process);
			lib->executable |= map.executable;
		}
		p = add_vma(p, lib);
	}
}

void smaps_run(const struct peer *peer, struct libs *libs)
{
	char *buf = NULL;
	size_t size = 0, nr, i;
	pid_t *pids;

	(void)peer;
	nr = proc_pids(&pids);
	for (i = 0; i < nr; i++) {
		int fd = open_proc(pids[i], "smaps");

		if (fd < 0)
			continue;
		if (read_proc(fd, &buf, &size) > 0)
			add_process(buf, i + 1, libs);
		close(fd);
	}
	free(pids);
	free(buf);
}

bool smaps_available(const struct peer *peer)
{
	(void)peer;
	return !access("/proc/1/smaps", R_OK);
}
