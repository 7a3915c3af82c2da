// SPDX-License-Identifier: GPL-2.0-only
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "libs.h"

void libs_init(struct libs *libs)
{
	memset(libs, 0, sizeof(*libs));
	libs->room = 64;
	libs->slots = 256;
	libs->lib = malloc(libs->room * sizeof(*libs->lib));
	libs->slot = calloc(libs->slots, sizeof(*libs->slot));
	if (!libs->lib || !libs->slot)
		err(1, "out of memory");
}

void libs_free(struct libs *libs)
{
	size_t i;

	for (i = 0; i < libs->nr; i++) {
		free(libs->lib[i].pages);
		free(libs->lib[i].seen);
	}
	free(libs->lib);
	free(libs->slot);
}

static uint32_t *find_slot(struct libs *libs, uint64_t dev, uint64_t ino)
{
	size_t i = (ino ^ dev << 20) * 0x9e3779b97f4a7c15ULL >> 32;

	for (;; i++) {
		uint32_t *slot = &libs->slot[i % libs->slots];

		if (!*slot || (libs->lib[*slot - 1].ino == ino && libs->lib[*slot - 1].dev == dev))
			return slot;
	}
}

static void grow(struct libs *libs)
{
	size_t i;

	libs->room *= 2;
	libs->slots *= 2;
	libs->lib = realloc(libs->lib, libs->room * sizeof(*libs->lib));
	free(libs->slot);
	libs->slot = calloc(libs->slots, sizeof(*libs->slot));
	if (!libs->lib || !libs->slot)
		err(1, "out of memory");
	for (i = 0; i < libs->nr; i++)
		*find_slot(libs, libs->lib[i].dev, libs->lib[i].ino) = i + 1;
}

/* The library of this identity, as @process (counted from 1) comes to it. */
struct lib *libs_get(struct libs *libs, uint64_t dev, uint64_t ino, uint32_t process)
{
	struct lib *lib = libs->last;
	uint32_t *slot;

	if (!lib || lib->ino != ino || lib->dev != dev) {
		if (libs->nr == libs->room)
			grow(libs);
		slot = find_slot(libs, dev, ino);
		if (!*slot) {
			lib = &libs->lib[libs->nr++];
			memset(lib, 0, sizeof(*lib));
			lib->dev = dev;
			lib->ino = ino;
			*slot = libs->nr;
		}
		lib = &libs->lib[*slot - 1];
		libs->last = lib;
	}
	if (lib->last_process != process) {
		lib->last_process = process;
		lib->procs++;
		if (lib->words)
			memset(lib->seen, 0, lib->words * sizeof(*lib->seen));
	}
	return lib;
}

/* Make the bitmaps long enough for @pages pages. */
void lib_make_room(struct lib *lib, uint64_t pages)
{
	size_t words = (pages + 63) / 64;

	if (words <= lib->words)
		return;
	words += words / 2;
	lib->pages = realloc(lib->pages, words * sizeof(*lib->pages));
	lib->seen = realloc(lib->seen, words * sizeof(*lib->seen));
	if (!lib->pages || !lib->seen)
		err(1, "out of memory");
	memset(lib->pages + lib->words, 0, (words - lib->words) * sizeof(*lib->pages));
	memset(lib->seen + lib->words, 0, (words - lib->words) * sizeof(*lib->seen));
	lib->words = words;
}

/* A run of file pages; room was made. */
void lib_add_pages(struct lib *lib, uint64_t first, uint64_t nr)
{
	while (nr) {
		unsigned int from = first % 64, len = nr < 64 - from ? nr : 64 - from;
		uint64_t mask = (len < 64 ? (1ULL << len) - 1 : ~0ULL) << from;
		uint64_t fresh = mask & ~lib->seen[first / 64];

		lib->seen[first / 64] |= mask;
		lib->rss += __builtin_popcountll(fresh);
		lib->mapped += __builtin_popcountll(fresh & ~lib->pages[first / 64]);
		lib->pages[first / 64] |= mask;
		first += len;
		nr -= len;
	}
}
