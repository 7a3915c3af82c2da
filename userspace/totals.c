// SPDX-License-Identifier: GPL-2.0-only
/* All libraries together. */
#include "duplicates.h"
#include "totals.h"

/**
 * libshare_totals_add() - Add up a snapshot.
 * @totals: Set to the sums.
 * @snap: The snapshot, with libraries. What is twice in memory needs its pages, or
 *        a module that says it.
 */
void libshare_totals_add(struct libshare_totals *totals, const struct libshare_snapshot *snap)
{
	bool copies = true, cached = true;
	const struct libshare_library *lib;

	*totals = (struct libshare_totals){ .duplicated = snap->duplicated };
	libshare_for_each(lib, snap, LIBSHARE_LIBRARIES) {
		totals->libraries++;
		totals->resident += lib->mapped + lib->cow_unique;
		totals->unshared += lib->rss + lib->cow;
		totals->copies += lib->cow_unique;
		totals->swap += lib->swap;
		copies &= lib->cow_unique != LIBSHARE_UNKNOWN;
		cached &= lib->cached != LIBSHARE_UNKNOWN;
		/* A process may map pages past the end of what is cached by now. */
		if (lib->cached > lib->mapped)
			totals->unmapped += lib->cached - lib->mapped;
	}
	totals->saved = totals->unshared - totals->resident;
	/* A sum of which a part is not known is not known. */
	if (!copies) {
		totals->saved = LIBSHARE_UNKNOWN;
		totals->resident = LIBSHARE_UNKNOWN;
		totals->copies = LIBSHARE_UNKNOWN;
	}
	if (!cached)
		totals->unmapped = LIBSHARE_UNKNOWN;
	if (snap->has & LIBSHARE_HAS(LIBSHARE_PAGES) &&
	    !libshare_snapshot_lacks(snap, LIBSHARE_LIBRARIES, "buildid"))
		totals->duplicated = libshare_duplicates_wasted(snap);
}
