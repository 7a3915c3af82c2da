/* SPDX-License-Identifier: GPL-2.0-only */
/* The copies of one audit: who holds them, and what is in them. */
#ifndef LIBSHARE_AUDIT_COPIES_H
#define LIBSHARE_AUDIT_COPIES_H

#include <stdbool.h>

#include "snapshot.h"

enum libshare_class {
	LIBSHARE_CLASS_IN_FILE,
	LIBSHARE_CLASS_EQUAL,
	LIBSHARE_CLASS_RELOCATED,
	LIBSHARE_CLASS_DIFFERENT,
	LIBSHARE_CLASS_UNREAD,
	LIBSHARE_CLASSES,
};

/* A page-table entry that holds a copy. */
struct libshare_entry {
	uint32_t lib;		/* index of its row */
	uint32_t proc;		/* index in @proc */
	uint64_t page, frame;
	uint64_t address;
};

/* A distinct copy. */
struct libshare_copy {
	uint32_t lib;
	uint32_t exe;		/* of the processes that hold it */
	uint64_t page;
	size_t entry, entries;	/* those that hold it, by process */
	uint64_t content, moved; /* hashes: as it is, and without addresses */
	enum libshare_class class;
	bool to_merge;		/* another one that is equal stays */
	bool at_one_address;	/* the same, without addresses */
	bool to_fork;		/* the same, in another process of the program */
	bool would_fork;	/* this one, or the one that stays */
};

struct libshare_holder {
	uint64_t pid;
	uint32_t exe;		/* index in @exe */
	bool wanted;
};

struct libshare_audited {
	struct libshare_snapshot *snap;
	FILE *progress;				/* where to tell how far it is, or NULL */
	const struct libshare_mapping **map;	/* with copies to look at, by process */
	size_t maps;
	struct libshare_holder *proc;
	size_t procs;
	const char **exe;			/* programs */
	size_t exes;
	bool *lib;				/* those that are wanted */
	bool some_processes;			/* not all of them are */
	struct libshare_entry *entry;
	size_t entries, room;
	struct libshare_copy *copy;		/* by library, by page */
	size_t copies;
	uint64_t *changed;			/* entries, by library */
	uint64_t key;				/* of the hashes */
};

void libshare_audit_find(struct libshare_audited *a);
void libshare_audit_read(struct libshare_audited *a);
void libshare_audit_compare(struct libshare_audited *a);
void libshare_audit_rows(struct libshare_audited *a);

#endif
