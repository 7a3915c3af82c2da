/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_CHARGES_H
#define LIBSHARE_CHARGES_H

#include <linux/types.h>

#include "pages.h"

struct folio;
struct libshare_cgroup;
struct libshare_cgroups;
struct libshare_library;
struct libshare_snapshot;

/* Which control groups the pages of a block are charged to, as it is being read. */
struct libshare_charges {
	struct libshare_cgroups *cgroups;	/* NULL: no page is charged to a v2 group */
	bool missing;			/* a group was met that must be added first */
	unsigned long last;		/* what the last folio says of its charge, */
	struct libshare_cgroup *payer;	/* and which group that is */
	unsigned int nr;
	struct {
		struct libshare_cgroup *cgroup;
		u64 pages;		/* bitmap */
	} of[LIBSHARE_BLOCK_PAGES];
};

unsigned int libshare_charges_version(void);
void libshare_charges_begin(struct libshare_charges *charges, struct libshare_cgroups *cgroups);
void libshare_charges_begin_block(struct libshare_charges *charges);
bool libshare_charges_find(struct libshare_charges *charges, struct folio *folio);
void libshare_charges_note(struct libshare_charges *charges, u64 pages);
int libshare_charges_add_missing(struct libshare_charges *charges);
int libshare_charges_keep(const struct libshare_charges *charges, struct libshare_snapshot *snap,
			  const struct libshare_library *lib, struct libshare_block *block);

#endif
