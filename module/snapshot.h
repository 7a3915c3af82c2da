/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_SNAPSHOT_H
#define LIBSHARE_SNAPSHOT_H

#include <linux/errno.h>
#include <linux/rhashtable-types.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/types.h>

#include "memory.h"
#include "pages.h"
#include "share.h"

struct file;
struct mm_struct;

/* What a reader wants beyond the libraries themselves. */
#define LIBSHARE_WANT_ROWS	BIT(0)	/* processes and mappings, with their PSS */
#define LIBSHARE_WANT_PAGES	BIT(1)	/* the counts of every page */
#define LIBSHARE_WANT_CGROUPS	BIT(2)	/* which control group pays; needs the rows */

/* A library: one page cache. Counts are in pages unless the comment says otherwise. */
struct libshare_library {
	/* Set by library.c */
	u32 number;		/* index in the snapshot; printed as lib, plus 1 */
	dev_t dev;
	u64 ino;
	struct file *file;	/* held until the page cache has been read */
	char *path;		/* escaped */
	u8 *buildid;
	u8 buildid_len;		/* bytes, 0 if not known */
	bool unlinked : 1;
	bool shortened : 1;	/* the path is not whole */
	bool exe : 1;		/* some process runs it: scan.c */
	bool duplicate : 1;	/* cached under its build ID more than once: duplicates.c */
	bool first_of_id : 1;	/* of the libraries with its build ID */
	u64 size;		/* bytes */

	/* Counted by account.c */
	struct libshare_pages pages;
	u32 procs;
	u32 seen_by;		/* 1 + index of the process that was here last */
	u64 maps;		/* VMAs */
	u64 tables;		/* lowest-level page tables, summed over processes */
	u64 seen_table;		/* the page table of seen_by that was counted last */
	u64 cow;
	u64 swap;
	u64 ksm;

	/* Worked out by finish.c and its kind */
	u64 cow_unique;
	u64 cached;
	u64 unmapped;		/* cached, but no process maps it */
	u64 mapped;
	u64 shared;
	u64 rss;
	u32 mapcount_max;
	u32 next_id;		/* 1 + index of the first library of another build ID */
	u32 next_same;		/* 1 + index of the next library of this build ID */
};

/* Why a process was not counted to its end. */
enum libshare_skip {
	LIBSHARE_SKIP_NOT,
	LIBSHARE_SKIP_EXITED,	/* it ended before the scan reached it */
	LIBSHARE_SKIP_STUCK,	/* its mmap_lock was not to be had in time */
	LIBSHARE_SKIP_TOO_LONG,	/* it mapped faster than the scan can walk */
	LIBSHARE_SKIPS
};

/* A control group of the v2 hierarchy. */
struct libshare_cgroup {
	struct rhash_head node;
	u64 id;
	char *path;		/* escaped; NULL if not known */
	u64 use;		/* 1 + index of its latest use: uses.c */
};

/* An address space, and the process that uses it. */
struct libshare_process {
	struct mm_struct *mm;	/* the structure is pinned until it was walked */
	struct rhash_head node;
	u32 pid;
	u32 uid;
	char comm[TASK_COMM_LEN];
	struct libshare_cgroup *cgroup;	/* NULL if not known */
	u8 skip;		/* enum libshare_skip */

	u32 libs;
	u64 maps;
	u64 tables;
	u64 seen_table;		/* the page table that was counted last */
	u64 rss;		/* in pages, as are cow, swap and private */
	u64 cow;
	u64 swap;
	u64 private;
	struct libshare_share pss;
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
	u32 again;		/* of rss, pages that the process had mapped before */
	u32 cow;
	u32 swap;
	u32 ksm;
	u32 shared;
	u32 cow_shared;
	struct libshare_share pss;
	u64 first_word;		/* its words in the log of present file pages */
	u32 nr_words;
	u8 perms;		/* LIBSHARE_PERM_* */
};

#define LIBSHARE_PERM_READ	BIT(0)
#define LIBSHARE_PERM_WRITE	BIT(1)
#define LIBSHARE_PERM_EXEC	BIT(2)
#define LIBSHARE_PERM_SHARED	BIT(3)

/* Which pages of a block a mapping maps. */
struct libshare_word {
	struct libshare_block *block;
	u64 pages;
};

/* Which pages of a block are charged to a control group. */
struct libshare_charge {
	struct libshare_block *block;
	u64 pages;
	struct libshare_cgroup *cgroup;
	u32 library;
	u32 next;		/* 1 + index of the next charge of its use: uses.c */
};

/*
 * A library × a control group whose processes map it, or that is charged for its
 * pages. Sizes are in pages.
 */
struct libshare_use {
	u32 library;
	u32 procs;
	const struct libshare_cgroup *cgroup;	/* NULL: none is known */
	u64 rss;
	u64 mapped;
	u64 charged;
	u64 lent;
	u64 borrowed;
	u64 idle;
	u64 private;
	u64 cow;
	u64 cow_unique;
	u64 swap;
	struct libshare_share pss;
	/* Needed by uses.c only */
	u32 first_mapping;	/* each 1 + an index, or 0 */
	u32 first_charge;
	u32 last_process;
	u32 last_copy;
};

/* A private copy that several entries may hold, at a page index of a library. */
struct libshare_copy {
	u64 pfn;
	u64 index;
	u32 library;
	u32 process;
	u32 mapping;		/* where rows are wanted */
	u32 next;		/* see copies.c; then 1 + index of the first equal copy */
};

/* An entry under migration that stands for a file page. */
struct libshare_moving {
	struct libshare_block *block;
	u32 nr;			/* which page of the block */
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
	u64 skipped[LIBSHARE_SKIPS];	/* processes; [LIBSHARE_SKIP_NOT] is not used */
	u64 vmas;
	u64 passed_over_vmas;
	u64 undecided_files;
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
	u64 memory_bytes;
};

/* Processes that were skipped although they live, for people to see. */
#define LIBSHARE_TOLD 8

struct libshare_told {
	u32 pid;
	u8 skip;
	char comm[TASK_COMM_LEN];
};

/*
 * The result of one scan. The scan that makes it is its only user and may write;
 * once a reader has it, nothing in it changes.
 */
struct libshare_snapshot {
	unsigned int want;
	u64 generation;
	u64 time_ns;		/* of day, when the scan began */
	struct libshare_memory memory;

	/* All that was found, each by its index */
	LIBSHARE_ROWS(libraries, struct libshare_library *);
	LIBSHARE_ROWS(processes, struct libshare_process);
	LIBSHARE_ROWS(mappings, struct libshare_mapping);
	LIBSHARE_ROWS(sharings, struct libshare_sharing);
	LIBSHARE_ROWS(cgroups, struct libshare_cgroup);
	LIBSHARE_ROWS(uses, struct libshare_use);
	struct libshare_totals totals;
	struct libshare_cost cost;
	struct libshare_told told[LIBSHARE_TOLD];
	u32 nr_told;

	/* Needed by the scan only, gone when it is finished. */
	LIBSHARE_ROWS(words, struct libshare_word);
	LIBSHARE_ROWS(copies, struct libshare_copy);
	LIBSHARE_ROWS(moving, struct libshare_moving);
	LIBSHARE_ROWS(charges, struct libshare_charge);
};

int libshare_snapshot_setup(void);
void libshare_snapshot_teardown(void);
struct libshare_snapshot *libshare_snapshot_new(unsigned int want);
struct libshare_library *libshare_snapshot_add_library(struct libshare_snapshot *snap);
void libshare_snapshot_trim(struct libshare_snapshot *snap);
void libshare_snapshot_free(struct libshare_snapshot *snap);

static inline u64 libshare_skipped(const struct libshare_cost *cost)
{
	return cost->skipped[LIBSHARE_SKIP_EXITED] + cost->skipped[LIBSHARE_SKIP_STUCK] +
	       cost->skipped[LIBSHARE_SKIP_TOO_LONG];
}

/* Called between the small steps of what may take long: 0, or -EINTR if killed. */
static inline int libshare_pause(void)
{
	cond_resched();
	return fatal_signal_pending(current) ? -EINTR : 0;
}

/* Elements of the snapshot by their index, which must be in use. */
static inline struct libshare_library *libshare_library_at(struct libshare_snapshot *snap, u64 i)
{
	return *libshare_rows_at(&snap->libraries, i);
}

static inline struct libshare_process *libshare_process_at(struct libshare_snapshot *snap, u64 i)
{
	return libshare_rows_at(&snap->processes, i);
}

static inline struct libshare_mapping *libshare_mapping_at(struct libshare_snapshot *snap, u64 i)
{
	return libshare_rows_at(&snap->mappings, i);
}

#endif
