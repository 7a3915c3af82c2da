/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_TABLES_H
#define LIBSHARE_TABLES_H

#include <linux/types.h>

#include "pages.h"

struct libshare_cgroup;
struct libshare_library;
struct libshare_snapshot;
struct seq_file;

/* Where a reader is in a table. */
struct libshare_cursor {
	u64 row;		/* index of the row in its array, or of its library */
	u64 next;		/* where to look for the next row */
	u64 first;		/* pages: a run of indices, */
	u64 count;
	struct libshare_page page; /* and what all of them are like */
};

/* A table: what is printed for a snapshot, row after row. */
struct libshare_table {
	unsigned int want;	/* LIBSHARE_WANT_* */
	void (*head)(struct seq_file *m, struct libshare_snapshot *snap);
	/* Go to the next row; false when there is none. NULL: only a head. */
	bool (*next)(struct libshare_snapshot *snap, struct libshare_cursor *at);
	void (*row)(struct seq_file *m, struct libshare_snapshot *snap,
		    const struct libshare_cursor *at);
};

extern const struct libshare_table libshare_table_libraries;
extern const struct libshare_table libshare_table_processes;
extern const struct libshare_table libshare_table_mappings;
extern const struct libshare_table libshare_table_pages;
extern const struct libshare_table libshare_table_histogram;
extern const struct libshare_table libshare_table_cgroups;
extern const struct libshare_table libshare_table_summary;

/* What several tables print. */
void libshare_table_head(struct seq_file *m, struct libshare_snapshot *snap, const char *name,
			 const char *columns);
void libshare_table_identity(struct seq_file *m, const struct libshare_library *lib);
void libshare_table_cgroup(struct seq_file *m, const struct libshare_cgroup *cgroup);
void libshare_table_path(struct seq_file *m, const struct libshare_library *lib);

#endif
