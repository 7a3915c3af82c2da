/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_SURVEYOR_H
#define LIBSHARE_SURVEYOR_H

#include <linux/types.h>

#include "library.h"
#include "tally.h"
#include "vec.h"

struct address_space;

/* The library that a page cache is, which its library holds until it has been read. */
struct libshare_met {
	const struct address_space *mapping;
	struct libshare_library *lib;
};

#define LIBSHARE_MET_BITS 5

/*
 * Who goes over processes, in ascending order, and finds the libraries that they map:
 * he alone, or one of several workers, each of whom has an index and a snapshot of
 * his own but for the list of processes.
 */
struct libshare_surveyor {
	struct libshare_snapshot *snap;
	struct libshare_library_index *index;	/* of snap->libraries */
	struct libshare_library_index *others;	/* of files that are none so far */
	struct libshare_vec files;		/* struct libshare_library: those */
	struct libshare_vec put_off;		/* their VMAs */
	struct libshare_leaf *leaf;
	struct libshare_tally_at at;
	struct libshare_met met[1 << LIBSHARE_MET_BITS];	/* some, to find them faster */
	u64 done;				/* of at's process, read up to this address */
	u64 merged;				/* of snap's libraries: put into the whole */
	bool walk;				/* do not even try the short way */
};

int libshare_surveyor_begin(struct libshare_surveyor *s);
void libshare_surveyor_end(struct libshare_surveyor *s);
int libshare_surveyor_visit(void *surveyors, u32 worker, u64 process);
int libshare_surveyor_late(struct libshare_surveyor *s, const struct libshare_surveyor *of);
int libshare_surveyor_walk(struct libshare_surveyor *s);

#endif
