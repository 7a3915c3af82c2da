// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flags of mappings and processes: those of the libraries that they map. The module
 * prints flags of libraries only; the others follow from its tables.
 */
#include "data/alloc.h"
#include "data/flags.h"
#include "data/pids.h"

#define DELETED "d"

/**
 * flags_derive() - Set the flags of mappings and processes.
 * @snap: A snapshot whose libraries can be found. Without the tables that it takes,
 *        nothing is known.
 */
void flags_derive(struct snapshot *snap)
{
	const struct library *lib;
	struct process **found;
	struct mapping *map;
	struct pids pids;

	if (!(snap->has & HAS(LIBRARIES)) || !(snap->has & HAS(MAPPINGS)))
		return;
	pids = pids_make(snap);
	for_each(map, snap, MAPPINGS) {
		lib = snapshot_library(snap, map->lib);
		if (!lib)
			continue;
		map->flags = lib->flags;
		if (!strchr(lib->flags, *DELETED))
			continue;
		found = pids_find(&pids, map->pid);
		if (found)
			(*found)->flags = DELETED;
	}
	free(pids.at);
}

/**
 * flags_needs() - Tables that flags follow from.
 * @view: The view that is shown.
 * @columns: Its columns.
 *
 * Return: HAS() of them, if flags are shown that have to be derived.
 */
unsigned int flags_needs(const struct view *view, const struct columns *columns)
{
	size_t i;

	if (view != &tables[PROCESSES] &&
	    view != &tables[MAPPINGS])
		return 0;
	for (i = 0; i < columns->nr; i++)
		if (!strcmp(columns->at[i]->name, "flags"))
			return HAS(LIBRARIES) | HAS(PROCESSES) |
			       HAS(MAPPINGS);
	return 0;
}
