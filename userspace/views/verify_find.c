// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finding the same rows in three snapshots, and what processes that came or went between
 * them touch.
 */
#include "data/alloc.h"
#include "data/columns.h"
#include "data/order.h"
#include "views/verify_rows.h"

static int by_mapping(const void *a, const void *b)
{
	const struct mapping *x = a, *y = b;

	return order(x->pid, y->pid) ?: order(x->start, y->start);
}

static int by_pid(const void *a, const void *b)
{
	const struct process *x = a, *y = b;

	return order(x->pid, y->pid);
}

static int by_bar(const void *a, const void *b)
{
	const struct bar *x = a, *y = b;

	return order(x->lib, y->lib) ?: order(x->sharers, y->sharers);
}

static int (*const orders[VERIFY_TABLES])(const void *, const void *) = {
	[PROCESSES] = by_pid,
	[MAPPINGS] = by_mapping,
	[HISTOGRAM] = by_bar,
};

/**
 * verify_order() - Sort the tables, for verify_find().
 * @snap: The snapshot.
 */
void verify_order(struct snapshot *snap)
{
	struct rows *rows;
	int id;

	for (id = 0; id < VERIFY_TABLES; id++) {
		rows = &snap->table[id];
		if (orders[id] && rows->nr)
			qsort(rows->at, rows->nr, tables[id].row_size, orders[id]);
	}
}

/**
 * verify_find() - Find a row by what it is about.
 * @snap: The snapshot.
 * @id: The table: processes, mappings or histogram.
 * @key: A row that is about the same.
 *
 * Return: The row, or NULL.
 */
void *verify_find(const struct snapshot *snap, enum table_id id, const void *key)
{
	const struct rows *rows = &snap->table[id];

	return rows->nr ? bsearch(key, rows->at, rows->nr, tables[id].row_size,
				  orders[id]) : NULL;
}

/**
 * verify_on_overlay() - Check whether a library has the identity of an overlay.
 * @lib: The library.
 *
 * Return: Whether it has.
 */
bool verify_on_overlay(const struct library *lib)
{
	return strchr(lib->flags, 'o');
}

static int by_identity(const void *a, const void *b)
{
	const struct library *x = *(const struct library *const *)a;
	const struct library *y = *(const struct library *const *)b;

	return order(x->ino, y->ino) ?: strcmp(x->dev, y->dev);
}

/**
 * verify_index() - Sort the libraries, for verify_library().
 * @side: The snapshot.
 */
void verify_index(struct verify_side *side)
{
	const struct library *lib;
	size_t nr = 0;

	side->by_identity = xcalloc(side->snap->table[LIBRARIES].nr,
				    sizeof(*side->by_identity));
	for_each(lib, side->snap, LIBRARIES)
		side->by_identity[nr++] = lib;
	qsort(side->by_identity, nr, sizeof(*side->by_identity), by_identity);
}

/**
 * verify_library() - Find the same library in another snapshot.
 * @from: The snapshot that the library is of.
 * @lib: The library.
 * @to: The other snapshot.
 *
 * It is known by its identity, or, where one of them calls it by the overlay on which it
 * lies, by one of its mappings.
 *
 * Return: The library, or NULL.
 */
const struct library *verify_library(const struct verify_side *from,
				     const struct library *lib,
				     const struct verify_side *to)
{
	const struct library **other, *found;
	const struct mapping *map, *same;

	other = bsearch(&lib, to->by_identity, to->snap->table[LIBRARIES].nr,
			sizeof(lib), by_identity);
	if (other)
		return *other;
	for_each(map, from->snap, MAPPINGS) {
		if (map->lib != lib->lib)
			continue;
		same = verify_find(to->snap, MAPPINGS, map);
		if (!same)
			continue;
		found = snapshot_library(to->snap, same->lib);
		return verify_on_overlay(lib) || verify_on_overlay(found) ?
		       found : NULL;
	}
	return NULL;
}

/**
 * verify_lives_on() - Check whether a process lives before and after.
 * @v: The snapshots.
 * @pid: The process.
 *
 * Return: Whether it does.
 */
bool verify_lives_on(const struct verify *v, uint64_t pid)
{
	const struct process key = { .pid = pid };

	return verify_find(v->before.snap, PROCESSES, &key) &&
	       verify_find(v->after.snap, PROCESSES, &key);
}

/**
 * verify_is_passing() - Check whether processes came or went that map a library.
 * @v: The snapshots, marked.
 * @module: The library, of the module's; or NULL.
 *
 * Return: Whether they did.
 */
bool verify_is_passing(const struct verify *v, const struct library *module)
{
	const struct library *first = (void *)v->module.snap->table[LIBRARIES].at;

	return module && v->module.passing[module - first];
}

/* Does a process that lives on have this mapping before and after? */
static bool stays(const struct verify *v, const struct mapping *map)
{
	return verify_lives_on(v, map->pid) &&
	       verify_find(v->before.snap, MAPPINGS, map) &&
	       verify_find(v->after.snap, MAPPINGS, map);
}

/**
 * verify_mark() - Mark the libraries of processes that came, went, or ran another
 * program.
 * @v: The snapshots.
 * @side: One of them.
 */
void verify_mark(struct verify *v, const struct verify_side *side)
{
	const struct library *first = (void *)v->module.snap->table[LIBRARIES].at;
	const struct library *lib;
	const struct mapping *map;

	for_each(map, side->snap, MAPPINGS) {
		if (stays(v, map))
			continue;
		lib = snapshot_library(side->snap, map->lib);
		if (side != &v->module)
			lib = verify_library(side, lib, &v->module);
		if (lib)
			v->module.passing[lib - first] = true;
	}
}

/**
 * verify_maps_passing() - Check whether a process maps a library that is marked.
 * @v: The snapshots, marked.
 * @pid: The process.
 *
 * Return: Whether it does.
 */
bool verify_maps_passing(const struct verify *v, uint64_t pid)
{
	const struct rows *rows = &v->module.snap->table[MAPPINGS];
	const struct mapping *map = (void *)rows->at;
	size_t low = 0, high = rows->nr;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (map[middle].pid < pid)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < rows->nr && map[low].pid == pid; low++) {
		const struct library *lib;

		lib = snapshot_library(v->module.snap, map[low].lib);
		if (verify_is_passing(v, lib))
			return true;
	}
	return false;
}
