// SPDX-License-Identifier: GPL-2.0-only
/* Entries of pagemap, each with the flags and the mapcount of its frame. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "snap.h"

#define PM_PRESENT (1ULL << 63)
#define PM_SWAP (1ULL << 62)
#define PM_PFN ((1ULL << 55) - 1)
#define BLOCK 512

static int pagecount_fd, pageflags_fd;

void open_frames(void)
{
	pagecount_fd = open("/proc/kpagecount", O_RDONLY | O_CLOEXEC);
	pageflags_fd = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
	if (pagecount_fd < 0 || pageflags_fd < 0)
		die("/proc/kpagecount");
}

static uint64_t frame_word(int fd, uint64_t pfn, uint64_t ***blocks, size_t *nr)
{
	size_t block = pfn / BLOCK;

	if (block >= *nr) {
		*blocks = realloc(*blocks, (block + 1) * sizeof(**blocks));
		if (!*blocks)
			die("memory");
		memset(*blocks + *nr, 0, (block + 1 - *nr) * sizeof(**blocks));
		*nr = block + 1;
	}
	if (!(*blocks)[block]) {
		uint64_t *words = calloc(BLOCK, sizeof(*words));

		if (!words || pread(fd, words, BLOCK * sizeof(*words),
				    (off_t)(block * BLOCK * sizeof(*words))) < 0)
			die("kpagecount");
		(*blocks)[block] = words;
	}
	return (*blocks)[block][pfn % BLOCK];
}

static uint64_t **flag_blocks, **count_blocks;
static size_t nr_flag_blocks, nr_count_blocks;

void forget_frames(void)
{
	for (size_t i = 0; i < nr_flag_blocks; i++)
		free(flag_blocks[i]);
	for (size_t i = 0; i < nr_count_blocks; i++)
		free(count_blocks[i]);
	nr_flag_blocks = 0;
	nr_count_blocks = 0;
}

void dump_vma(int pagemap, uint64_t start, uint64_t end, FILE *out)
{
	uint64_t words[BLOCK], head[2] = { start, 0 };
	uint64_t *records = NULL;

	for (uint64_t addr = start; addr < end; addr += BLOCK * page_size) {
		uint64_t n = (end - addr) / page_size;
		ssize_t got;

		if (n > BLOCK)
			n = BLOCK;
		got = pread(pagemap, words, n * 8, (off_t)(addr / page_size * 8));
		for (ssize_t i = 0; i < got / 8; i++) {
			uint64_t pm = words[i], *r;

			if (!(pm & (PM_PRESENT | PM_SWAP)))
				continue;
			records = grow(records, head[1], 4 * sizeof(*records));
			r = records + 4 * head[1]++;
			r[0] = addr + (uint64_t)i * page_size;
			r[1] = pm;
			r[2] = 0;
			r[3] = 0;
			if (pm & PM_PRESENT) {
				r[2] = frame_word(pageflags_fd, pm & PM_PFN,
						  &flag_blocks, &nr_flag_blocks);
				r[3] = frame_word(pagecount_fd, pm & PM_PFN,
						  &count_blocks, &nr_count_blocks);
			}
		}
	}
	if (head[1] && (fwrite(head, sizeof(head), 1, out) != 1 ||
			fwrite(records, 32, head[1], out) != head[1]))
		die("pages");
	free(records);
}
