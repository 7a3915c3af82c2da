/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What one pass over /proc collects, before anything is counted. Rows refer to each
 * other by index: the arrays move when they grow.
 */
#ifndef PROC_WORLD_H
#define PROC_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>

#include "data/snapshot.h"
#include "data/proc/frames.h"

#define PROC_NONE UINT32_MAX

/* A file that some process maps, by what /proc/PID/maps says of it. */
struct proc_file {
	uint64_t dev, ino;	/* dev: major << 32 | minor */
	const char *path;	/* of the snapshot: where the file may be; or NULL */
	bool executable;	/* some process maps it executable */
	bool library;		/* one that was counted; all files that it stands for, too */
	bool frames;		/* on an overlay: the same page cache may have another name */
	uint32_t first, last;	/* mappings of it, linked by their @next */
	uint32_t as;		/* the file that stands for it: of the same page cache */
};

/* A sum of shares of pages: bytes, and a fraction of one in units of 2^-46. */
struct proc_share {
	uint64_t bytes, fraction;
};

struct proc_process {
	pid_t pid, task;	/* task: a thread that is alive */
	uint64_t exe_dev, exe_ino; /* as statx() has them; 0: none */
	uint64_t uid;
	const char *cgroup, *comm; /* of the snapshot */
	uint64_t libs, maps, rss, cow, swap, tables, seen_table; /* pages, where not counts */
	uint64_t private;
	struct proc_share pss;
	uint64_t smaps_pss;	/* bytes */
	uint32_t seen_by;	/* the library that was counted last, plus 1 */
	bool unknown_tables, unknown_private, unknown_pss;
};

struct proc_mapping {
	uint32_t process, file, next;
	char perms[5];
	bool unknown_tables;	/* huge pages, and no way to tell how they are mapped */
	uint64_t start, end, pgoff; /* pgoff: in pages */
	uint64_t ksm;		/* copies; or unknown */
	uint64_t pss;		/* as smaps has it, where frames are not known */
	uint64_t run, copy, table;
	uint32_t swap;		/* entries */
	uint32_t nr_huge;	/* ranges that one entry may map */
	uint32_t nr_runs, nr_tables;
	uint32_t nr_copies, nr_alone, nr_kept; /* alone: known to be held by no other entry */
};

/* Entries of neighbouring file pages. */
struct proc_run {
	uint64_t first, pfn;	/* page index; frame of the first, 0: not known */
	uint32_t count;
	bool moving;		/* under migration: not counted by the kernel */
};

struct proc_copy {
	uint64_t index;
	uint64_t pfn : 55;	/* 0: not known */
	uint64_t alone : 1;	/* no other entry holds it */
};

/* A copy of the library at hand that other entries may hold, too. */
struct proc_held {
	uint64_t index, pfn;
	uint32_t process, row;
	uint32_t first;		/* of those that hold it */
	uint32_t next;		/* another copy of the same hash, plus 1 */
	uint32_t holders;	/* how many hold it; of the first */
	bool shared;		/* several processes do; of the first */
};

struct proc_executable {
	uint64_t dev, ino;
};

struct proc_mount {
	uint64_t dev;
	int fs;			/* enum proc_fs */
};

/* An array that grows. */
#define PROC_ARRAY(type, name)	\
	struct {			\
		type *at;		\
		uint64_t nr, room;	\
	} name

struct proc_world {
	PROC_ARRAY(struct proc_file, files);
	PROC_ARRAY(struct proc_mount, mounts);
	PROC_ARRAY(struct proc_process, processes);
	PROC_ARRAY(struct proc_executable, executables);
	PROC_ARRAY(struct proc_mapping, mappings);
	PROC_ARRAY(struct proc_mapping, pending); /* of no library so far */
	PROC_ARRAY(struct proc_run, runs);
	PROC_ARRAY(struct proc_copy, copies); /* for the table of pages, and those not alone */
	PROC_ARRAY(struct proc_held, held);
	PROC_ARRAY(uint64_t, tables); /* page tables: address / what one maps */
	uint64_t *buffer;	/* of entries.c */
	uint64_t bytes;		/* of all arrays, and of the blocks of the library at hand */

	/* What is above is memory that the next scan uses again; from here on, it begins anew. */
	struct snapshot *snap;
	unsigned int needs;
	/* proc_buildid(), or NULL if none is to be read */
	const char *(*read_buildid)(struct snapshot *snap, int fd);
	uint64_t page_size;
	struct proc_frames frames;
	uint32_t *slots;	/* of files, by hash; index plus 1 */
	uint64_t nr_slots;
	bool full;		/* more was wanted than --memory-max allows */
	uint64_t ptes, unseen, exited;
};

void *proc_grow(struct proc_world *w, void *at, uint64_t nr, uint64_t *room,
		size_t size);

/* A new element of an array of @w, zeroed. */
#define proc_push(w, array) ({							\
	if (!(array)->at || (array)->nr == (array)->room)				\
		(array)->at = proc_grow(w, (array)->at, (array)->nr,		\
					&(array)->room, sizeof(*(array)->at));	\
	memset(&(array)->at[(array)->nr], 0, sizeof(*(array)->at));			\
	&(array)->at[(array)->nr++]; })

/* Does all that was read still fit into what --memory-max allows? */
static inline bool proc_fits(struct proc_world *w)
{
	w->full |= w->bytes + w->snap->bytes > memory_max;
	return !w->full;
}

static inline bool proc_wants(const struct proc_world *w, enum table_id id)
{
	return w->needs & HAS(id);
}

/* Pages that the lowest-level page table maps. */
static inline uint64_t proc_table_pages(const struct proc_world *w)
{
	return w->page_size / sizeof(uint64_t);
}

#endif
