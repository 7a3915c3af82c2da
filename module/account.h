/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_ACCOUNT_H
#define LIBSHARE_ACCOUNT_H

#include "leaf.h"
#include "snapshot.h"

/* Where a scan is, and what it counts for: only account.c writes here. */
struct libshare_account {
	struct libshare_snapshot *snap;
	struct libshare_process *proc;
	u32 process;				/* its index */
	struct libshare_library *lib;
	struct libshare_mapping *map;		/* the row; &scratch where none is wanted */
	struct libshare_mapping scratch;
	struct libshare_block *block[LIBSHARE_LEAF_WORDS];	/* of the table in hand */
};

void libshare_account_begin(struct libshare_account *acct, struct libshare_snapshot *snap);
void libshare_account_process(struct libshare_account *acct, u32 process);
int libshare_account_vma(struct libshare_account *acct, struct libshare_library *lib, u64 start,
			 u64 pgoff);
int libshare_account_leaf(struct libshare_account *acct, const struct libshare_leaf *leaf);
int libshare_account_make_room(struct libshare_account *acct, const struct libshare_leaf *leaf);

/* finish.c and its kind: what depends on all counts */
int libshare_finish(struct libshare_snapshot *snap);
int libshare_finish_copies(struct libshare_snapshot *snap);
int libshare_finish_duplicates(struct libshare_snapshot *snap);
int libshare_finish_histogram(struct libshare_snapshot *snap);
int libshare_finish_uses(struct libshare_snapshot *snap);

#endif
