// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finding the same rows in three snapshots, and what processes that came or went between
 * them touch.
 */
#include "alloc.h"
#include "columns.h"
#include "verify_rows.h"

static int by_mapping(const void *a, const void *b)
{
	const struct libshare_mapping *x = a, *y = b;

	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return (x->start > y->start) - (x->start < y->start);
}

static int by_pid(const void *a, const void *b)
{
	const struct libshare_process *x = a, *y = b;

	return (x->pid > y->pid) - (x->pid < y->pid);
}

static int by_bar(const void *a, const void *b)
{
	const struct libshare_bar *x = a, *y = b;

	if (x->lib != y->lib)
		return x->lib < y->lib ? -1 : 1;
	return (x->sharers > y->sharers) - (x->sharers < y->sharers);
}

static int (*const orders[LIBSHARE_VERIFY_TABLES])(const void *, const void *) = {
	[LIBSHARE_PROCESSES] = by_pid,
	[LIBSHARE_MAPPINGS] = by_mapping,
	[LIBSHARE_HISTOGRAM] = by_bar,
};

/**
 * libshare_verify_order() - Sort the tables, for libshare_verify_find().
 * @snap: The snapshot.
 */
void libshare_verify_order(struct libshare_snapshot *snap)
{
	struct libshare_rows *rows;
	int id;

	for (id = 0; id < LIBSHARE_VERIFY_TABLES; id++) {
		rows = &snap->table[id];
		if (orders[id] && rows->nr)
			qsort(rows->at, rows->nr, libshare_tables[id].row_size, orders[id]);
	}
}

/**
 * libshare_verify_find() - Find a row by what it is about.
 * @snap: The snapshot.
 * @id: The table: processes, mappings or histogram.
 * @key: A row that is about the same.
 *
 * Return: The row, or NULL.
 */
void *libshare_verify_find(const struct libshare_snapshot *snap, enum libshare_table_id id,
			   const void *key)
{
	const struct libshare_rows *rows = &snap->table[id];

	return rows->nr ? bsearch(key, rows->at, rows->nr, libshare_tables[id].row_size,
				  orders[id]) : NULL;
}

/**
 * libshare_verify_on_overlay() - Check whether a library has the identity of an overlay.
 * @lib: The library.
 *
 * Return: Whether it has.
 */
bool libshare_verify_on_overlay(const struct libshare_library *lib)
{
	return strchr(lib->flags, 'o');
}

static int by_identity(const void *a, const void *b)
{
	const struct libshare_library *x = *(const struct libshare_library *const *)a;
	const struct libshare_library *y = *(const struct libshare_library *const *)b;

	if (x->ino != y->ino)
		return x->ino < y->ino ? -1 : 1;
	return strcmp(x->dev, y->dev);
}

/**
 * libshare_verify_index() - Sort the libraries, for libshare_verify_library().
 * @side: The snapshot.
 */
void libshare_verify_index(struct libshare_verify_side *side)
{
	const struct libshare_library *lib;
	size_t nr = 0;

	side->by_identity = xcalloc(side->snap->table[LIBSHARE_LIBRARIES].nr,
				    sizeof(*side->by_identity));
	libshare_for_each(lib, side->snap, LIBSHARE_LIBRARIES)
		side->by_identity[nr++] = lib;
	qsort(side->by_identity, nr, sizeof(*side->by_identity), by_identity);
}

/**
 * libshare_verify_library() - Find the same library in another snapshot.
 * @from: The snapshot that the library is of.
 * @lib: The library.
 * @to: The other snapshot.
 *
 * It is known by its identity, or, where one of them calls it by the overlay on which it
 * lies, by one of its mappings.
 *
 * Return: The library, or NULL.
 */
const struct libshare_library *libshare_verify_library(const struct libshare_verify_side *from,
						       const struct libshare_library *lib,
						       const struct libshare_verify_side *to)
{
	const struct libshare_library **other, *found;
	const struct libshare_mapping *map, *same;

	other = bsearch(&lib, to->by_identity, to->snap->table[LIBSHARE_LIBRARIES].nr,
			sizeof(lib), by_identity);
	if (other)
		return *other;
	libshare_for_each(map, from->snap, LIBSHARE_MAPPINGS) {
		if (map->lib != lib->lib)
			continue;
		same = libshare_verify_find(to->snap, LIBSHARE_MAPPINGS, map);
		if (!same)
			continue;
		found = libshare_snapshot_library(to->snap, same->lib);
		return libshare_verify_on_overlay(lib) || libshare_verify_on_overlay(found) ?
		       found : NULL;
	}
	return NULL;
}

/**
 * libshare_verify_lives_on() - Check whether a process lives before and after.
 * @v: The snapshots.
 * @pid: The process.
 *
 * Return: Whether it does.
 */
bool libshare_verify_lives_on(const struct libshare_verify *v, uint64_t pid)
{
	const struct libshare_process key = { .pid = pid };

	return libshare_verify_find(v->before.snap, LIBSHARE_PROCESSES, &key) &&
	       libshare_verify_find(v->after.snap, LIBSHARE_PROCESSES, &key);
}

/**
 * libshare_verify_is_passing() - Check whether processes came or went that map a library.
 * @v: The snapshots, marked.
 * @module: The library, of the module's; or NULL.
 *
 * Return: Whether they did.
 */
bool libshare_verify_is_passing(const struct libshare_verify *v,
				const struct libshare_library *module)
{
	const struct libshare_library *first = (void *)v->module.snap->table[LIBSHARE_LIBRARIES].at;

	return module && v->module.passing[module - first];
}

/* Does a process that lives on have this mapping before and after? */
static bool stays(const struct libshare_verify *v, const struct libshare_mapping *map)
{
	return libshare_verify_lives_on(v, map->pid) &&
	       libshare_verify_find(v->before.snap, LIBSHARE_MAPPINGS, map) &&
	       libshare_verify_find(v->after.snap, LIBSHARE_MAPPINGS, map);
}

/**
 * libshare_verify_mark() - Mark the libraries of processes that came, went, or ran another
 * program.
 * @v: The snapshots.
 * @side: One of them.
 */
void libshare_verify_mark(struct libshare_verify *v, const struct libshare_verify_side *side)
{
	const struct libshare_library *first = (void *)v->module.snap->table[LIBSHARE_LIBRARIES].at;
	const struct libshare_library *lib;
	const struct libshare_mapping *map;

	libshare_for_each(map, side->snap, LIBSHARE_MAPPINGS) {
		if (stays(v, map))
			continue;
		lib = libshare_snapshot_library(side->snap, map->lib);
		if (side != &v->module)
			lib = libshare_verify_library(side, lib, &v->module);
		if (lib)
			v->module.passing[lib - first] = true;
	}
}

/**
 * libshare_verify_maps_passing() - Check whether a process maps a library that is marked.
 * @v: The snapshots, marked.
 * @pid: The process.
 *
 * Return: Whether it does.
 */
bool libshare_verify_maps_passing(const struct libshare_verify *v, uint64_t pid)
{
	const struct libshare_rows *rows = &v->module.snap->table[LIBSHARE_MAPPINGS];
	const struct libshare_mapping *map = (void *)rows->at;
	size_t low = 0, high = rows->nr;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (map[middle].pid < pid)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < rows->nr && map[low].pid == pid; low++) {
		const struct libshare_library *lib;

		lib = libshare_snapshot_library(v->module.snap, map[low].lib);
		if (libshare_verify_is_passing(v, lib))
			return true;
	}
	return false;
}
