// SPDX-License-Identifier: GPL-2.0-only
/*
 * In place of a word of a page that points into a mapping of a file comes something that
 * stands for the file and the offset in it. Two pages that are the same then were
 * different only because their processes have files at different addresses.
 *
 * Memory that follows a mapping of a file belongs to it: .bss beyond the file. The vDSO
 * is taken for a file.
 */
#include <inttypes.h>

#include "data/addresses.h"
#include "data/alloc.h"
#include "data/hash.h"

static void add_range(struct addresses *a, uint64_t start, uint64_t end, uint64_t value)
{
	struct range *last = a->nr ? &a->at[a->nr - 1] : NULL;

	/* Most mappings of a file continue the one before. */
	if (last && last->end == start && last->value + (start - last->start) == value) {
		last->end = end;
		return;
	}
	if (a->nr == a->room) {
		a->room = a->room ? 2 * a->room : 64;
		a->at = xrealloc(a->at, a->room, sizeof(*a->at));
	}
	a->at[a->nr++] = (struct range){ start, end, value };
}

/* Take a line of /proc/PID/maps: "start-end perms offset major:minor inode path". */
static void take_line(struct addresses *a, char *line)
{
	struct range *last = a->nr ? &a->at[a->nr - 1] : NULL;
	uint64_t start, end, offset, key[3] = { 0 };
	char *at = line;

	start = strtoull(at, &at, 16);
	if (*at++ != '-')
		return;
	end = strtoull(at, &at, 16);
	if (*at++ != ' ' || strlen(at) < 5 || end <= start)
		return;
	offset = strtoull(at + 5, &at, 16);
	key[0] = strtoull(at, &at, 16);
	if (*at++ != ':')
		return;
	key[1] = strtoull(at, &at, 16);
	key[2] = strtoull(at, &at, 10);
	while (*at == ' ')
		at++;
	if (end > 1ull << 32)
		a->word = 8;
	/* More than any address, and small enough that no sum of it and an offset overflows. */
	if (key[2] || !strcmp(at, "[vdso]"))
		add_range(a, start, end, (XXH64(key, sizeof(key), a->seed) >> 2 | 1ull << 62) +
			  offset);
	else if (!*at && last && last->end == start)
		add_range(a, start, end, last->value + (start - last->start));
}

/**
 * addresses_read() - Find out where the files lie in a process.
 * @a: What is set; it may be used again and again, with @at freed in the end. @seed is
 *     the same for pages that are compared.
 * @pid: The process.
 *
 * Return: Whether it has any memory.
 */
bool addresses_read(struct addresses *a, uint64_t pid)
{
	char *path = xasprintf("/proc/%" PRIu64 "/maps", pid), *line = NULL;
	FILE *maps = fopen(path, "re");
	size_t room = 0;
	ssize_t len;

	free(path);
	a->nr = 0;
	memset(a->slot, 0, sizeof(a->slot));
	a->word = 4;
	while (maps && (len = getline(&line, &room, maps)) > 0) {
		line[len - 1] = '\0';
		take_line(a, line);
	}
	free(line);
	if (maps)
		fclose(maps);
	return a->nr;
}

/**
 * addresses_search() - Find the range that an address lies in, or the gap between two.
 * @a: The process.
 * @address: The address.
 * @slot: Set to what is there.
 */
void addresses_search(const struct addresses *a, uint64_t address, struct slot *slot)
{
	size_t low = 0, high = a->nr;
	const struct range *range;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (a->at[middle].end <= address)
			low = middle + 1;
		else
			high = middle;
	}
	range = &a->at[low];
	if (low < a->nr && address >= range->start) {
		*slot = (struct slot){ range->start, range->end - range->start,
				       range->value - range->start };
		return;
	}
	slot->start = low ? range[-1].end : 0;
	slot->size = (low < a->nr ? range->start : UINT64_MAX) - slot->start;
	slot->more = 0;
}

/**
 * addresses_has() - Whether files lie at all of some addresses.
 * @a: The process.
 * @start: The first.
 * @end: Behind the last.
 *
 * Return: Whether they do.
 */
bool addresses_has(const struct addresses *a, uint64_t start, uint64_t end)
{
	size_t i;

	for (i = 0; i < a->nr && start < end; i++)
		if (a->at[i].start <= start && start < a->at[i].end)
			start = a->at[i].end;
	return start >= end;
}
