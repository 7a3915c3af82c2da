/* SPDX-License-Identifier: GPL-2.0-only */
/* A snapshot: the tables of one scan, as rows of C structures. */
#ifndef SNAPSHOT_H
#define SNAPSHOT_H

#include <obstack.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A number that the module did not know, or a column that it does not have. */
#define UNKNOWN UINT64_MAX

/* A number to sort by, where one that is not known counts as nothing. */
static inline uint64_t known(uint64_t value)
{
	return value == UNKNOWN ? 0 : value;
}

/*
 * The rows. Sizes are in bytes. Text is never NULL, and is safe to show: see
 * text_clean(). libshare(4) says what each of them means.
 */
struct library {
	uint64_t lib;
	const char *dev;
	uint64_t ino;
	const char *kind;
	const char *flags;
	uint64_t procs, maps;
	uint64_t size, cached, mapped, shared, rss, saved, cow, cow_unique, swap, ksm;
	uint64_t mapcount_max;
	uint64_t pagetables;
	const char *buildid;
	const char *path;
};

struct process {
	uint64_t pid, uid, libs, maps;
	uint64_t rss, pss, private, cow, swap, pagetables;
	const char *cgroup;
	const char *flags;	/* derived */
	const char *comm;
	const char *cmdline;	/* "-" until cmdline_add() */
};

struct mapping {
	uint64_t pid, lib;
	const char *dev;
	uint64_t ino;
	uint64_t start, end, offset;
	const char *perms;
	const char *segment;
	uint64_t rss, shared, cow, cow_shared, swap, ksm, pss;
	const char *flags;	/* derived */
	const char *path;
};

/* A run of neighbouring pages that are alike. */
struct run {
	uint64_t lib;
	const char *dev;
	uint64_t ino;
	uint64_t first, count;
	uint64_t cached, sharers, mappings, copies, mapcount;
	const char *path;
};

struct bar {
	uint64_t lib;
	const char *dev;
	uint64_t ino;
	uint64_t sharers, pages;
	const char *path;
};

/* What a library is to a control group. */
struct group {
	uint64_t lib;
	const char *dev;
	uint64_t ino;
	uint64_t procs;
	uint64_t rss, mapped, charged, lent, borrowed, idle, private, cow, cow_unique, swap, pss;
	const char *cgroup;
	const char *path;
};

/*
 * A part of a library's file, as its ELF headers tell; recordings carry these,
 * so that what needs them can be replayed where the file is not.
 */
struct elf {
	uint64_t lib;
	uint64_t number;	/* of the section's header, or what stands for it */
	const char *section;
	const char *role;	/* relro, data, bss, text or rodata */
	uint64_t offset, size;	/* bytes of the file's pages that it takes */
};

/* Pages of a section in which the loader must write, to relocate pointers. */
struct reloc {
	uint64_t lib;
	uint64_t number;	/* the section's */
	uint64_t first, count;	/* pages of the file */
	uint64_t relocs;	/* how many in all of them */
	uint64_t relative;	/* of these, that only add the library's address; or unknown */
};

/*
 * What an audit found: distinct copies in bytes, by what is in them. One row stands for
 * all of a library, the others for its sections.
 */
struct audit {
	uint64_t lib;
	const char *section;	/* AUDIT_ALL: the library */
	uint64_t copies;	/* the sum of the next five */
	uint64_t in_file, equal, relocated, different, unread;
	uint64_t alone;		/* of different: the only distinct copy of its page */
	uint64_t cow, shared;	/* summed over processes; of these, shared with another one */
	uint64_t ksm, one_address, zygote; /* what these would win back */
	uint64_t procs, in_file_procs, equal_procs, relocated_procs, different_procs, unread_procs;
	uint64_t one_address_procs, zygote_procs;
	uint64_t changed;	/* came or went since the scan */
	const char *path;
};

#define AUDIT_ALL "(all)"

/* What the processes of one program hold of a section. */
struct program {
	uint64_t lib;
	const char *section;
	uint64_t procs, cow, shared, copies, zygote, equal;
	const char *pids;	/* a few of them */
	const char *exe;
};

/* Neighbouring pages of which there are as many distinct copies. */
struct distinct {
	uint64_t lib;
	uint64_t first, count;
	uint64_t copies;	/* of each page */
	const char *path;
};

/* The command line of a process, which recordings keep. */
struct cmdline {
	uint64_t pid;
	const char *cmdline;
};

/* Anonymous memory of a process outside of libraries; see proc/heap.c. */
struct heap {
	uint64_t pid, uid;
	uint64_t heap;		/* the sum of the next two */
	uint64_t alone, shared;
	uint64_t swap;
	const char *cgroup;
	const char *comm;
	const uint64_t *frame;	/* of shared pages, each once */
	uint64_t frames;
	bool known;		/* whether these are all */
};

/* A name of what tables have a number of, which recordings keep; see names.h. */
struct name {
	const char *kind, *key;
	const char *namespace, *pod;	/* of a container */
	const char *name;
};

/* What is to be known beside the tables: "name value". */
struct fact {
	const char *name;
	const char *value;
};

enum table_id {
	LIBRARIES,
	PROCESSES,
	MAPPINGS,
	PAGES,
	HISTOGRAM,
	CGROUPS,
	ABOUT,
	ELF,
	RELOCS,
	CMDLINES,
	NAMED,
	AUDIT,
	PROGRAMS,
	DISTINCT,
	HEAPS,
	TABLES,
};

#define HAS(id) (1u << (id))

/* Why a scan did not count a process to its end. */
enum skipped_reason {
	SKIPPED_EXITED,
	SKIPPED_STUCK,		/* its mmap_lock was not free in time */
	SKIPPED_TOO_LONG,	/* it would have prolonged the scan beyond a bound */
	SKIPPED_REASONS,
};

struct rows {
	char *at;		/* rows of the table's structure, one after another */
	size_t nr;
	size_t room;
};

struct snapshot {
	uint64_t generation;
	uint64_t page_size;
	uint64_t time_ns;	/* of day, when the scan began; or unknown */
	uint64_t skipped;	/* processes that were not counted to their end */
	uint64_t skipped_by[SKIPPED_REASONS]; /* of those; or unknown */
	const char *skipped_who; /* PID:REASON:COMM,… as in the file; or NULL */
	const char *source;	/* "proc"; NULL: the module */
	const char *source_why;	/* why not the module; or NULL */
	uint64_t unseen;	/* processes that the reader may not read; only of proc */
	bool no_frames;		/* page frames are not known; only of proc */
	uint64_t duplicated;	/* bytes in memory twice, as the module says; or unknown */
	uint64_t bytes;		/* of its rows and text */
	unsigned int has;	/* HAS(): the tables that were read */
	unsigned int named;	/* NAMES_OF(): the kinds of names that were read */
	unsigned int absent[TABLES]; /* columns that the file does not have */
	struct rows table[TABLES];
	struct library **by_lib; /* sorted by number */
	struct snapshot *also;	/* to which text of joined tables belongs, or NULL */
	struct obstack text;
};

/* for (row) over all rows of a table of @snap; @row is a pointer to its structure. */
#define for_each(row, snap, id)						\
	for (row = (void *)(snap)->table[id].at;					\
	     row && (char *)row < (snap)->table[id].at +				\
				  (snap)->table[id].nr * sizeof(*row); row++)

/* Bytes that the rows and the text of one snapshot may take. */
extern uint64_t memory_max;

struct snapshot *snapshot_new(void);
void snapshot_free(struct snapshot *snap);
char *snapshot_text(struct snapshot *snap, size_t size);
const char *snapshot_keep(struct snapshot *snap, const char *text);
void *snapshot_add(struct snapshot *snap, enum table_id id);
void snapshot_join(struct snapshot *snap, struct snapshot *also, enum table_id id);
bool snapshot_finish(struct snapshot *snap, char *why, size_t size);
struct library *snapshot_library(const struct snapshot *snap, uint64_t lib);
const struct run *snapshot_runs(const struct snapshot *snap, uint64_t lib, size_t *nr);
const char *snapshot_fact(const struct snapshot *snap, const char *name);
bool snapshot_lacks(const struct snapshot *snap, enum table_id id, const char *column);

#endif
