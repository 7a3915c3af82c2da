// SPDX-License-Identifier: GPL-2.0-only
/* All libraries together. */
#include "views/duplicates.h"
#include "views/totals.h"

/* A sum has the name of the column that it is the sum of. */
const struct total totals_names[] = {
#define T(field, label, help) \
	{ #field, label, help, offsetof(struct totals, field) }
	T(libraries, NULL, "Libraries that at least one process maps."),
	T(saved, "saved", "What sharing of file pages saves (rss - mapped)."),
	T(fork_saved, "saved by fork",
	  "What sharing of copies since a fork saves (cow - cow_unique)."),
	T(resident, "resident", "Mapped file pages and distinct copies (mapped + cow_unique)."),
	T(cow, NULL,
	  "Private copies of library pages (copy-on-write), summed over processes."),
	T(cow_unique, "distinct copies",
	  "Distinct private copies of library pages (copy-on-write)."),
	T(unmapped, NULL, "Pages of libraries that are cached, but not mapped."),
	T(swap, NULL, "Private copies that are swapped out, summed over processes."),
	T(duplicated, "duplicated",
	  "Pages that another file with the same build ID has in memory too."),
	{ 0 }
#undef T
};

/**
 * totals_add() - Add up a snapshot.
 * @totals: Set to the sums.
 * @snap: The snapshot, with libraries. What is twice in memory needs its pages, or
 *        a module that says it.
 */
void totals_add(struct totals *totals, const struct snapshot *snap)
{
	bool copies = true, cached = true;
	const struct library *lib;

	*totals = (struct totals){ .duplicated = snap->duplicated };
	for_each(lib, snap, LIBRARIES) {
		totals->libraries++;
		totals->resident += lib->mapped + lib->cow_unique;
		totals->saved += lib->saved;
		totals->cow += lib->cow;
		totals->cow_unique += lib->cow_unique;
		totals->swap += lib->swap;
		copies &= lib->cow_unique != UNKNOWN;
		cached &= lib->cached != UNKNOWN;
		/* A process may map pages past the end of what is cached by now. */
		if (lib->cached > lib->mapped)
			totals->unmapped += lib->cached - lib->mapped;
	}
	totals->fork_saved = totals->cow - totals->cow_unique;
	/* A sum of which a part is not known is not known. */
	if (!copies) {
		totals->fork_saved = UNKNOWN;
		totals->resident = UNKNOWN;
		totals->cow_unique = UNKNOWN;
	}
	if (!cached)
		totals->unmapped = UNKNOWN;
	if (snap->has & HAS(PAGES) &&
	    !snapshot_lacks(snap, LIBRARIES, "buildid"))
		totals->duplicated = duplicates_wasted(snap);
}
