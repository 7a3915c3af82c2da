/* SPDX-License-Identifier: GPL-2.0-only */
/* What every peer works out: for each file, who maps it and how much of it. */
#ifndef LIBS_H
#define LIBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lib {
	uint64_t dev;
	uint64_t ino;
	bool executable;	/* some VMA of it is: it is a library */
	uint32_t last_process;
	uint32_t procs;
	uint64_t mapped;	/* distinct file pages; only of a census */
	uint64_t rss;		/* file pages summed over processes, or kB/4 of them */
	uint64_t pss;		/* bytes, as smaps has it, copies included */
	uint64_t copies;

	/* Bitmaps by page index: mapped by any process, and by last_process. */
	uint64_t *pages;
	uint64_t *seen;
	size_t words;
};

struct libs {
	struct lib *lib;
	size_t nr;
	size_t room;
	uint32_t *slot;		/* 1 + index; by hash, open addressing */
	size_t slots;
	struct lib *last;
};

void libs_init(struct libs *libs);
void libs_free(struct libs *libs);
struct lib *libs_get(struct libs *libs, uint64_t dev, uint64_t ino, uint32_t process);
void lib_make_room(struct lib *lib, uint64_t pages);
void lib_add_pages(struct lib *lib, uint64_t first, uint64_t nr);

/* One file page of the process that libs_get() was called for; room was made. */
static inline void lib_add_page(struct lib *lib, uint64_t index)
{
	uint64_t bit = 1ULL << (index % 64), *seen = &lib->seen[index / 64];

	if (*seen & bit)
		return;
	*seen |= bit;
	lib->rss++;
	if (!(lib->pages[index / 64] & bit)) {
		lib->pages[index / 64] |= bit;
		lib->mapped++;
	}
}

#endif
