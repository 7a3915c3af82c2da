/* SPDX-License-Identifier: GPL-2.0-only */
/* The copies of one audit: who holds them, and what is in them. */
#ifndef AUDIT_COPIES_H
#define AUDIT_COPIES_H

#include <stdbool.h>

#include "data/alloc.h"
#include "data/proc/frames.h"
#include "data/snapshot.h"
#include "views/audit.h"
#include "views/audit_hash.h"

#define ENTRIES 512	/* of pagemap, that are read at once */
#define NEAR 16		/* so many that are not wanted cost less than another read */

enum class {
	CLASS_IN_FILE,
	CLASS_EQUAL,
	CLASS_RELOCATED,
	CLASS_DIFFERENT,
	CLASS_UNREAD,
	CLASSES,
};

/* A page-table entry that holds a copy. */
struct entry {
	uint32_t lib;		/* index of its row */
	uint32_t proc;		/* index in @proc */
	uint64_t page, frame;
	uint64_t address;
};

/* A distinct copy. */
struct copy {
	uint32_t lib;
	uint32_t exe;		/* of the processes that hold it */
	uint64_t page;
	size_t entry, entries;	/* those that hold it, by process */
	struct page_hash hash;
	enum class class;
	bool to_merge;		/* another one that is equal stays */
	bool at_one_address;	/* the same, without addresses */
	bool to_fork;		/* the same, in another process of the program */
	bool would_fork;	/* this one, or the one that stays */
};

struct holder {
	uint64_t pid;
	uint32_t exe;		/* index in @exe */
	bool wanted;
};

struct audited {
	struct snapshot *snap;
	const struct audit_watch *watch;
	struct audit_progress progress;
	uint64_t began;				/* in ns */
	char *why;				/* why it failed, if it did */
	size_t why_size;
	const struct mapping **map;	/* with copies to look at, by process */
	size_t maps;
	struct holder *proc;
	size_t procs;
	const char **exe;			/* programs */
	size_t exes;
	bool *lib;				/* those that are wanted */
	bool some_processes;			/* not all of them are */
	struct entry *entry;
	size_t entries, room;
	struct copy *copy;		/* by library, by page */
	size_t copies;
	uint64_t *changed;			/* entries, by library */
};

__printf(2, 3)
bool audit_fail(struct audited *a, const char *format, ...);
bool audit_goes_on(struct audited *a);
bool audit_find(struct audited *a);
bool audit_read(struct audited *a);
void audit_compare(struct audited *a);
void audit_rows(struct audited *a);

#endif
