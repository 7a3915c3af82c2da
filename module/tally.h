/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_TALLY_H
#define LIBSHARE_TALLY_H

#include <linux/types.h>

#include "pages.h"
#include "snapshot.h"

struct libshare_leaf;

/* What the page cache has of 64 neighbouring pages. */
struct libshare_resident {
	u64 block_nr;			/* page index >> LIBSHARE_BLOCK_SHIFT */
	u64 cached;			/* bitmap */
	bool inexact;			/* a mapcount is not that of the page tables */
	u32 mapcount[LIBSHARE_BLOCK_PAGES];
	u16 nid[LIBSHARE_BLOCK_PAGES];
};

/* The VMA that is being accounted. */
struct libshare_tally_at {
	struct libshare_library *lib;
	u32 process;
	u64 start;
	u64 first;			/* page index of start */
	u64 again_first;		/* page indices that a VMA before may map, too */
	u64 again_end;
	bool noted;			/* in the snapshot's mappings, for its copies */
};

void libshare_tally_init(struct libshare_library *lib);
void libshare_tally_free(struct libshare_library *lib);
void libshare_tally_vma(struct libshare_snapshot *snap, struct libshare_tally_at *at, u64 pages,
			bool may_have_copies);
void libshare_tally_table(struct libshare_library *lib, u64 table);
int libshare_tally_leaf(struct libshare_snapshot *snap, struct libshare_tally_at *at,
			const struct libshare_leaf *leaf);
int libshare_tally_files(struct libshare_library *lib, u32 process,
			 const struct libshare_leaf *leaf);
int libshare_tally_make_room(struct libshare_snapshot *snap, struct libshare_library *lib,
			     const struct libshare_leaf *leaf);
void libshare_tally_resident(struct libshare_library *lib, const struct libshare_resident *res);
void libshare_tally_finish(struct libshare_snapshot *snap, struct libshare_library *lib);

#endif
