/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_TOTALS_H
#define LIBSHARE_TOTALS_H

#include "snapshot.h"

/* All libraries together, in bytes; or LIBSHARE_UNKNOWN. */
struct libshare_totals {
	uint64_t libraries;	/* how many */
	uint64_t saved;		/* unshared - resident */
	uint64_t resident;	/* file pages that are mapped, and copies */
	uint64_t unshared;	/* what that would be if nothing were shared */
	uint64_t copies;	/* distinct ones */
	uint64_t unmapped;	/* cached, but mapped by nobody */
	uint64_t swap;
	uint64_t duplicated;
};

void libshare_totals_add(struct libshare_totals *totals, const struct libshare_snapshot *snap);

#endif
