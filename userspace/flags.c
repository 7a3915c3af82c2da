// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flags of mappings and processes: those of the libraries that they map. The module
 * prints flags of libraries only; the others follow from its tables.
 */
#include "alloc.h"
#include "flags.h"

#define DELETED "d"

static int by_pid(const void *a, const void *b)
{
	const struct libshare_process *const *x = a, *const *y = b;

	return ((*x)->pid > (*y)->pid) - ((*x)->pid < (*y)->pid);
}

/**
 * libshare_flags_derive() - Set the flags of mappings and processes.
 * @snap: A snapshot whose libraries can be found. Without the tables that it takes,
 *        nothing is known.
 */
void libshare_flags_derive(struct libshare_snapshot *snap)
{
	struct libshare_process **proc, *row, key, *k = &key, **found;
	const struct libshare_library *lib;
	struct libshare_mapping *map;
	size_t nr = 0;

	if (!(snap->has & LIBSHARE_HAS(LIBSHARE_LIBRARIES)) ||
	    !(snap->has & LIBSHARE_HAS(LIBSHARE_MAPPINGS)))
		return;
	proc = xcalloc(snap->table[LIBSHARE_PROCESSES].nr, sizeof(*proc));
	libshare_for_each(row, snap, LIBSHARE_PROCESSES)
		proc[nr++] = row;
	qsort(proc, nr, sizeof(*proc), by_pid);
	libshare_for_each(map, snap, LIBSHARE_MAPPINGS) {
		lib = libshare_snapshot_library(snap, map->lib);
		if (!lib)
			continue;
		map->flags = lib->flags;
		if (!strchr(lib->flags, *DELETED))
			continue;
		key.pid = map->pid;
		found = bsearch(&k, proc, nr, sizeof(*proc), by_pid);
		if (found)
			(*found)->flags = DELETED;
	}
	free(proc);
}

/**
 * libshare_flags_needs() - Tables that flags follow from.
 * @view: The view that is shown.
 * @columns: Its columns.
 *
 * Return: LIBSHARE_HAS() of them, if flags are shown that have to be derived.
 */
unsigned int libshare_flags_needs(const struct libshare_view *view,
				  const struct libshare_columns *columns)
{
	size_t i;

	if (view != &libshare_tables[LIBSHARE_PROCESSES] &&
	    view != &libshare_tables[LIBSHARE_MAPPINGS])
		return 0;
	for (i = 0; i < columns->nr; i++)
		if (!strcmp(columns->at[i]->name, "flags"))
			return LIBSHARE_HAS(LIBSHARE_LIBRARIES) | LIBSHARE_HAS(LIBSHARE_PROCESSES) |
			       LIBSHARE_HAS(LIBSHARE_MAPPINGS);
	return 0;
}
