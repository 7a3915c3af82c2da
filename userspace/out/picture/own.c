// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which pages a process has of a mapping. The tables say of each page how many processes
 * map it and how many have a copy, and of each mapping how many pages of both kinds it
 * has. Which ones follows in three cases: the mapping has none, or as many as there are at
 * all, or only as many as all processes have.
 */
#include "data/alloc.h"
#include "out/picture/own.h"

/*
 * How many processes have a mapping in which a page lies; UNKNOWN if one has several, as
 * at the end of one segment and the beginning of the next.
 */
static uint64_t covering(const struct snapshot *snap, uint64_t lib, uint64_t page)
{
	const struct mapping *map;
	uint64_t nr = 0, last = UNKNOWN;

	/* Mappings of a process are neighbours. */
	for_each(map, snap, MAPPINGS) {
		uint64_t first = map->offset / snap->page_size;

		if (map->lib != lib || page < first ||
		    page >= first + (map->end - map->start) / snap->page_size)
			continue;
		if (map->pid == last)
			return UNKNOWN;
		last = map->pid;
		nr++;
	}
	return nr;
}

/*
 * Set @has for the pages that the mapping has, @amount of them: none, all that @count
 * says any process has, or those that all processes have.
 */
static bool find(bool *has, const uint64_t *count, const uint64_t *most, uint64_t pages,
		 uint64_t amount)
{
	uint64_t any = 0, all = 0, i;

	for (i = 0; i < pages; i++) {
		any += count[i] > 0;
		all += count[i] && count[i] >= most[i];
	}
	for (i = 0; amount && i < pages; i++)
		has[i] = amount == any ? count[i] > 0 : count[i] && count[i] >= most[i];
	return !amount || amount == any || amount == all;
}

/**
 * own_make() - Find out which pages a process has.
 * @own: Set to them; for own_free().
 * @snap: A snapshot with mappings and pages.
 * @map: The mapping.
 * @file: The pages of its file, a cell each.
 */
void own_make(struct own *own, const struct snapshot *snap, const struct mapping *map,
	      const struct pagemap *file)
{
	uint64_t page = snap->page_size, i;
	uint64_t *sharers, *copies, *most;

	own->first = map->offset / page;
	own->pages = (map->end - map->start) / page;
	own->mapped = xcalloc(own->pages, sizeof(*own->mapped));
	own->copied = xcalloc(own->pages, sizeof(*own->copied));
	sharers = xcalloc(own->pages, sizeof(*sharers));
	copies = xcalloc(own->pages, sizeof(*copies));
	most = xcalloc(own->pages, sizeof(*most));
	for (i = 0; i < own->pages && own->first + i < file->nr; i++) {
		sharers[i] = file->cell[own->first + i].sharers;
		copies[i] = file->cell[own->first + i].copies;
		most[i] = covering(snap, map->lib, own->first + i);
	}
	own->known = find(own->mapped, sharers, most, own->pages, known(map->rss) / page) &
		     find(own->copied, copies, most, own->pages, known(map->cow) / page);
	free(sharers);
	free(copies);
	free(most);
}

/**
 * own_free() - Free what own_make() has made.
 * @own: It.
 */
void own_free(struct own *own)
{
	free(own->mapped);
	free(own->copied);
}
