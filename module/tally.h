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
void libshare_tally_process(struct libshare_snapshot *snap, const struct libshare_tally_at *at);
void libshare_tally_table(struct libshare_library *lib, u64 table);
int libshare_tally_leaf(struct libshare_snapshot *snap, struct libshare_tally_at *at,
			const struct libshare_leaf *leaf);
int libshare_tally_files(struct libshare_library *lib, u32 process,
			 const struct libshare_leaf *leaf);
int libshare_tally_make_room(struct libshare_snapshot *snap, struct libshare_library *lib,
			     const struct libshare_leaf *leaf);
int libshare_tally_merge(struct libshare_library *to, struct libshare_library *from);
void libshare_tally_resident(struct libshare_library *lib, const struct libshare_resident *res);
void libshare_tally_finish(struct libshare_snapshot *snap, struct libshare_library *lib);

/**
 * libshare_tally_vma() - Begin the next VMA of a library.
 * @snap: The snapshot of the scan.
 * @at: The VMA: its library, process, start and first are set. VMAs of one
 *	library in one process come one after another, by ascending address.
 * @pages: Its length.
 * @may_have_copies: It has an anon_vma.
 *
 * Context: Process context; allocates nothing.
 */
static inline void libshare_tally_vma(struct libshare_snapshot *snap,
				      struct libshare_tally_at *at, u64 pages,
				      bool may_have_copies)
{
	struct libshare_library *lib = at->lib;
	u64 first = at->first, end = first + pages;

	at->noted = false;
	lib->maps++;
	if (lib->seen_by != at->process + 1)
		libshare_tally_process(snap, at);
	/*
	 * A page that a process maps twice has one sharer but two mappings. That
	 * needs two VMAs of the same indices: as in most ELF files the last page
	 * of one segment and the first one of the next, of which the latter is
	 * written to, so that its entry is a copy's. If its pages will be looked
	 * at, libshare_tally_leaf() finds out.
	 */
	at->again_first = max(lib->seen_first, first);
	at->again_end = min(lib->seen_end, end);
	if (at->again_first < at->again_end && !may_have_copies)
		lib->inexact = true;
	lib->seen_first = min(lib->seen_first, first);
	lib->seen_end = max(lib->seen_end, end);
}

#endif
