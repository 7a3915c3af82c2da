// SPDX-License-Identifier: GPL-2.0-only
/* Reading /proc/PID/smaps. */
#include <inttypes.h>
#include <unistd.h>

#include "data/alloc.h"
#include "data/snapshot.h"
#include "data/proc/smaps.h"
#include "data/proc/vmas.h"

struct proc_smaps {
	struct proc_smap *at;
	size_t nr, room;
};

static void add(struct proc_smaps *s, uint64_t start)
{
	if (s->nr == s->room) {
		s->room = s->room ? 2 * s->room : 256;
		s->at = xrealloc(s->at, s->room, sizeof(*s->at));
	}
	s->at[s->nr++] = (struct proc_smap){
		.start = start, .pss = UNKNOWN, .ksm = UNKNOWN,
	};
}

static void take_line(struct proc_smaps *s, const char *line)
{
	struct proc_smap *map = s->nr ? &s->at[s->nr - 1] : NULL;
	char name[32];
	uint64_t value;

	/* A header begins with an address, all other lines with a capital letter. */
	if (*line < 'A' || *line > 'Z') {
		add(s, strtoull(line, NULL, 16));
	} else if (map && sscanf(line, "%31[^:]: %" SCNu64 " kB", name, &value) == 2) {
		value *= 1024;
		if (!strcmp(name, "Pss"))
			map->pss = value;
		else if (!strcmp(name, "KSM"))
			map->ksm = value;
		else if (!strcmp(name, "ShmemPmdMapped") || !strcmp(name, "FilePmdMapped"))
			map->pmd_mapped += value;
	}
}

/**
 * proc_smaps_read() - Read the smaps of a process.
 * @pid: The process.
 *
 * Return: What it says, for proc_smaps_free(); nothing where it cannot be read.
 */
struct proc_smaps *proc_smaps_read(pid_t pid)
{
	struct proc_smaps *s = xcalloc(1, sizeof(*s));
	int fd = proc_open(pid, "smaps");
	char *text = NULL, *rest, *line;
	size_t size = 0;

	if (fd < 0)
		return s;
	if (proc_read(fd, &text, &size) > 0)
		for (rest = text; (line = strsep(&rest, "\n")) && *line; )
			take_line(s, line);
	free(text);
	close(fd);
	return s;
}

/**
 * proc_smaps_find() - What smaps says of a mapping.
 * @s: The smaps.
 * @start: Where the mapping begins.
 *
 * Return: That; or a row where nothing is known.
 */
const struct proc_smap *proc_smaps_find(const struct proc_smaps *s, uint64_t start)
{
	static const struct proc_smap unknown = {
		.pss = UNKNOWN, .ksm = UNKNOWN,
	};
	size_t low = 0, high = s->nr;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (s->at[middle].start < start)
			low = middle + 1;
		else
			high = middle;
	}
	return low < s->nr && s->at[low].start == start ? &s->at[low] : &unknown;
}

/**
 * proc_smaps_free() - Free a smaps.
 * @s: The smaps, or NULL.
 */
void proc_smaps_free(struct proc_smaps *s)
{
	if (s)
		free(s->at);
	free(s);
}
