// SPDX-License-Identifier: GPL-2.0-only
/* Page maps; see pagemap.h. */
#include "data/alloc.h"
#include "data/pagemap.h"

/**
 * pagemap_make() - Squeeze a library into cells.
 * @map: Set to the map; its @cell is for free().
 * @snap: A snapshot with libraries and pages.
 * @lib: The library.
 * @cells: How many cells there may be, at least 1.
 */
void pagemap_make(struct pagemap *map, const struct snapshot *snap,
		  const struct library *lib, size_t cells)
{
	size_t runs, i;
	const struct run *run = snapshot_runs(snap, lib->lib, &runs);

	*map = (struct pagemap){ 0 };
	if (lib->size != UNKNOWN)
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
			struct cell *cell = &map->cell[at / map->per_cell];

			next = (at / map->per_cell + 1) * map->per_cell;
			if (next > end)
				next = end;
			if (run[i].cached == 1)
				cell->cached += next - at;
			if (run[i].sharers != UNKNOWN && run[i].sharers > cell->sharers)
				cell->sharers = run[i].sharers;
			if (run[i].copies != UNKNOWN)
				cell->copies += (next - at) * run[i].copies;
			if (cell->sharers > map->sharers)
				map->sharers = cell->sharers;
		}
	}
}

/**
 * pagemap_shade() - How to show a cell.
 * @cell: The cell.
 *
 * Return: The step that it belongs to.
 */
enum shade pagemap_shade(const struct cell *cell)
{
	if (!cell->sharers)
		return cell->cached ? UNMAPPED : ABSENT;
	if (cell->sharers >= 16)
		return BY_16;
	return cell->sharers >= 8 ? BY_8 : cell->sharers >= 4 ? BY_4 :
	       cell->sharers >= 2 ? BY_2 : BY_1;
}

/**
 * pagemap_section() - The section at the start of a page, or first in it.
 * @snap: A snapshot, with what is known of ELF files.
 * @lib: The library.
 * @page: Index of the page in the file.
 *
 * Return: Its name, or NULL where none is known.
 */
const char *pagemap_section(const struct snapshot *snap,
			    const struct library *lib, uint64_t page)
{
	const struct elf *elf, *best = NULL;
	uint64_t start = page * snap->page_size, end = start + snap->page_size;

	for_each(elf, snap, ELF)
		if (elf->lib == lib->lib && elf->offset < end &&
		    elf->offset + elf->size > start && (!best || elf->offset < best->offset))
			best = elf;
	return best ? best->section : NULL;
}
