/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_SNAPSHOT_H
#define LIBSHARE_SNAPSHOT_H

#include <linux/kref.h>
#include <linux/sched.h>
#include <linux/types.h>

#include "buildid.h"
#include "pages.h"
#include "share.h"
#include "vec.h"

struct inode;
struct file;
struct mm_struct;
struct libshare_tally;

/* What a reader wants beyond the libraries themselves. */
#define LIBSHARE_WANT_ROWS	BIT(0)	/* processes and mappings, with their PSS */
#define LIBSHARE_WANT_PAGES	BIT(1)	/* the counts of every page */
#define LIBSHARE_WANT_ALL	(LIBSHARE_WANT_ROWS | LIBSHARE_WANT_PAGES)

/*
 * A library: one page cache. While its file is held, the inode is alive;
 * afterwards the pointer is only compared, together with what tells a new
 * inode at an old address apart.
 */
struct libshare_library {
	const struct inode *inode;
	dev_t dev;
	u64 ino;
	u32 i_generation;
	u32 number;		/* index in the snapshot; printed as lib, plus 1 */
	u32 hash_next;		/* 1 + index of the next library of the hash slot */
	u32 found_in;		/* index of the process in which it was found */
	struct file *file;	/* held until its page cache has been read */
	char *path;		/* escaped */
	bool exe;
	bool unlinked;
	bool duplicate;		/* resident under its build ID more than once */
	bool first_of_id;	/* of the libraries with its build ID */
	size_t buildid_len;
	u8 buildid[LIBSHARE_BUILDID_MAX];
	u32 next_id;		/* 1 + index of the first library of another build ID */
	u32 next_same;		/* 1 + index of the next library of this build ID */
	u64 size;		/* bytes */
	struct libshare_pages pages;
	u64 first_cached;	/* its words in the log of cached pages */
	u64 nr_cached;

	u64 maps;
	u64 procs;
	u64 tables;		/* lowest-level page tables, summed over processes */
	u64 cow;		/* these in pages, as all below */
	u64 swap;
	u64 ksm;
	u64 cow_unique;
	u64 cached;
	u64 unmapped;		/* cached, but mapped by nobody */
	u64 mapped;
	u64 shared;
	u64 rss;
	u32 mapcount_max;

	u32 seen_by;		/* 1 + index of the process that was here last */
	u64 seen_table;		/* its page table that was counted last */

	/* Of a scan for the libraries alone; see survey.c and tally.c. */
	bool walked;		/* its file pages are counted from page tables */
	bool inexact;		/* mapcounts would not tell what page tables do */
	u32 put_off;		/* 1 + index of the last VMA that waits for this file */
	u64 seen_first;		/* page indices between which seen_by's VMAs lie */
	u64 seen_end;
	u64 mappers;		/* sum over its VMAs, as libshare_mappers_key() has it */
	struct xarray tallies;	/* struct libshare_tally by page index */
	struct libshare_tally *tally;	/* the one that was found last */
	u64 tally_nr;
};

/* An address space, whoever uses it. */
struct libshare_process {
	struct mm_struct *mm;	/* the structure is pinned until it was walked */
	u32 pid;
	u32 uid;
	u32 hash_next;		/* 1 + index of the next process of the hash slot */
	bool skipped;
	char comm[TASK_COMM_LEN];
	const char *cgroup;	/* escaped; the snapshot owns it; NULL if not known */

	u64 libs;
	u64 maps;
	u64 tables;
	u64 rss;		/* in pages, as are cow, swap and private */
	u64 cow;
	u64 swap;
	u64 private;
	struct libshare_share pss;

	u64 seen_table;		/* page table that was counted last */
};

/*
 * One VMA of a library in a process. Its page counts have 32 bits: 16 TiB of
 * present pages in one VMA.
 */
struct libshare_mapping {
	u64 start;
	u64 end;
	u64 pgoff;		/* page index in the file of start */
	u32 process;		/* indices into the snapshot's arrays */
	u32 library;
	u32 rss;
	u32 cow;
	u32 swap;
	u32 ksm;
	u32 shared;
	u32 cow_shared;
	struct libshare_share pss;
	u64 first_bits;		/* its words in the log of present file pages */
	u32 nr_bits;
	u8 perms;		/* LIBSHARE_PERM_* */
};

#define LIBSHARE_PERM_READ	BIT(0)
#define LIBSHARE_PERM_WRITE	BIT(1)
#define LIBSHARE_PERM_EXEC	BIT(2)
#define LIBSHARE_PERM_SHARED	BIT(3)

/* 64 page indices of a library: which of them a mapping maps, or are cached. */
struct libshare_bits {
	u64 block_nr;
	u64 word;
};

/*
 * A page that one entry of a mapping makes special: a copy, or a file page
 * under migration.
 */
struct libshare_copy {
	u64 pfn;
	u64 index;		/* page index in the file */
	u32 mapping;
	u32 next;		/* see finish.c */
};

/* A library × a number of sharers. */
struct libshare_sharing {
	u32 library;
	u32 sharers;
	u64 pages;
};

/* Sums over all libraries, in pages. */
struct libshare_totals {
	u64 processes;
	u64 cached;
	u64 unmapped;
	u64 mapped;
	u64 rss;
	u64 cow;
	u64 cow_unique;
	u64 swap;
	u64 duplicated;		/* cached again under the same build ID and index */
};

/* What one scan cost and met. */
struct libshare_cost {
	u64 scan_ns;
	u64 processes;
	u64 skipped_processes;
	u64 vmas;
	u64 passed_over_vmas;
	u64 tables;
	u64 ptes;
	u64 huge_pmds;
	u64 special_ptes;
	u64 nonpresent_ptes;
	u64 mmap_lock_waits;
	u64 mmap_lock_yields;
	u64 mmap_lock_hold_max_ns;
	u64 pte_lock_hold_max_cycles;	/* until the scan ends */
	u64 pte_lock_hold_max_ns;
	u64 walked_libraries;
	u64 workers;
	u64 memory_bytes;
};

/*
 * The result of one scan. The scan that makes it is its only user and may
 * write; once libshare_snapshot_get() or a reader has it, nobody writes.
 */
struct libshare_snapshot {
	struct kref ref;
	unsigned int want;
	u64 generation;
	u64 time_ns;		/* of day, when the scan began */
	struct libshare_vec libraries;
	struct libshare_vec processes;
	struct libshare_vec mappings;
	struct libshare_vec sharings;
	struct libshare_vec strings;	/* char *: cgroup paths */
	struct libshare_totals totals;
	struct libshare_cost cost;

	/* Needed by the scan only, gone when it is finished. */
	struct task_struct *reader;	/* whose death ends it */
	struct libshare_vec cached;	/* struct libshare_bits */
	struct libshare_vec bits;
	struct libshare_vec copies;
	struct libshare_vec migrating;
};

struct libshare_snapshot *libshare_snapshot_new(unsigned int want);
void libshare_snapshot_get(struct libshare_snapshot *snap);
void libshare_snapshot_put(struct libshare_snapshot *snap);
void libshare_snapshot_trim(struct libshare_snapshot *snap);

/* Elements of the snapshot by their index, which must be in use. */
static inline struct libshare_library *
libshare_library_at(const struct libshare_snapshot *snap, u64 i)
{
	return libshare_vec_at(&snap->libraries, i);
}

static inline struct libshare_process *
libshare_process_at(const struct libshare_snapshot *snap, u64 i)
{
	return libshare_vec_at(&snap->processes, i);
}

static inline struct libshare_mapping *
libshare_mapping_at(const struct libshare_snapshot *snap, u64 i)
{
	return libshare_vec_at(&snap->mappings, i);
}

#endif
