// SPDX-License-Identifier: GPL-2.0-only
/* Page maps; see pagemap.h. */
#include "alloc.h"
#include "pagemap.h"

/**
 * libshare_pagemap_make() - Squeeze a library into cells.
 * @map: Set to the map; its @cell is for free().
 * @snap: A snapshot with libraries and pages.
 * @lib: The library.
 * @cells: How many cells there may be, at least 1.
 */
void libshare_pagemap_make(struct libshare_pagemap *map, const struct libshare_snapshot *snap,
			   const struct libshare_library *lib, size_t cells)
{
	size_t runs, i;
	const struct libshare_run *run = libshare_snapshot_runs(snap, lib->lib, &runs);

	*map = (struct libshare_pagemap){ 0 };
	if (lib->size != LIBSHARE_UNKNOWN)
		map->pages = lib->size / snap->page_size + !!(lib->size % snap->page_size);
	if (runs && run[runs - 1].first + run[runs - 1].count > map->pages)
		map->pages = run[runs - 1].first + run[runs - 1].count;
	map->per_cell = map->pages / cells + !!(map->pages % cells);
	if (!map->per_cell)
		map->per_cell = 1;
	map->nr = map->pages / map->per_cell + !!(map->pages % map->per_cell);
	map->cell = xcalloc(map->nr, sizeof(*map->cell));
	for (i = 0; i < runs; i++) {
		uint64_t at = run[i].first, end = at + run[i].count, next;

		for (; at < end; at = next) {
			struct libshare_cell *cell = &map->cell[at / map->per_cell];

			next = (at / map->per_cell + 1) * map->per_cell;
			if (next > end)
				next = end;
			if (run[i].cached == 1)
				cell->cached += next - at;
			if (run[i].sharers != LIBSHARE_UNKNOWN && run[i].sharers > cell->sharers)
				cell->sharers = run[i].sharers;
			if (run[i].copies != LIBSHARE_UNKNOWN)
				cell->copies += (next - at) * run[i].copies;
			if (cell->sharers > map->sharers)
				map->sharers = cell->sharers;
		}
	}
}

/**
 * libshare_pagemap_shade() - How to show a cell.
 * @cell: The cell.
 *
 * Return: The step that it belongs to.
 */
enum libshare_shade libshare_pagemap_shade(const struct libshare_cell *cell)
{
	if (!cell->sharers)
		return cell->cached ? LIBSHARE_UNMAPPED : LIBSHARE_ABSENT;
	if (cell->sharers >= 16)
		return LIBSHARE_BY_16;
	return cell->sharers >= 8 ? LIBSHARE_BY_8 : cell->sharers >= 4 ? LIBSHARE_BY_4 :
	       cell->sharers >= 2 ? LIBSHARE_BY_2 : LIBSHARE_BY_1;
}

/**
 * libshare_pagemap_section() - The section at the start of a page, or first in it.
 * @snap: A snapshot, with what is known of ELF files.
 * @lib: The library.
 * @page: Index of the page in the file.
 *
 * Return: Its name, or NULL where none is known.
 */
const char *libshare_pagemap_section(const struct libshare_snapshot *snap,
				     const struct libshare_library *lib, uint64_t page)
{
	const struct libshare_elf *elf, *best = NULL;
	uint64_t start = page * snap->page_size, end = start + snap->page_size;

	libshare_for_each(elf, snap, LIBSHARE_ELF)
		if (elf->lib == lib->lib && elf->offset < end &&
		    elf->offset + elf->size > start && (!best || elf->offset < best->offset))
			best = elf;
	return best ? best->section : NULL;
}
