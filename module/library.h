/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_LIBRARY_H
#define LIBSHARE_LIBRARY_H

#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/rhashtable-types.h>
#include <linux/types.h>

#include "charges.h"
#include "snapshot.h"
#include "vmas.h"

/*
 * Identity of a file: its inode. A file that is no library may go at any moment, and a
 * new inode may take its address: the rest tells them apart.
 */
struct libshare_identity {
	const struct inode *inode;	/* only compared */
	u64 ino;
	dev_t dev;
	u32 i_generation;
};

/* A file that some process maps. */
struct libshare_file {
	struct rhash_head node;
	struct libshare_identity id;
	struct libshare_library *lib;	/* NULL: it is no library */
};

/* All files that a scan has met. */
struct libshare_files {
	struct libshare_snapshot *snap;
	struct rhashtable table;
	unsigned int tries;		/* to find out about the file of the VMA in hand */
};

int libshare_files_setup(void);
void libshare_files_teardown(void);
int libshare_files_begin(struct libshare_files *files, struct libshare_snapshot *snap);
void libshare_files_end(struct libshare_files *files);
bool libshare_files_passes_over(const struct vm_area_struct *vma);
bool libshare_files_can_be_library(const struct vm_area_struct *vma);
struct libshare_file *libshare_files_find(struct libshare_files *files,
					  struct libshare_vmas *walk);
int libshare_files_meet(struct libshare_files *files, struct libshare_vmas *walk);

int libshare_file_is_executable(struct address_space *mapping);

int libshare_library_read(struct libshare_snapshot *snap, struct libshare_library *lib, char *buf,
			  u64 *cached_by_node, struct libshare_charges *charges);

/* Room for the longest path that is looked up; d_path() fails for longer ones. */
#define LIBSHARE_LIBRARY_PATH_BYTES (8 * PATH_MAX)

/* What the page cache has of 64 neighbouring pages. */
struct libshare_resident {
	u64 block_nr;			/* page index >> LIBSHARE_BLOCK_SHIFT */
	u64 cached;			/* bitmap */
	struct libshare_charges *charges;	/* NULL: not asked for */
	bool want_mapcount;		/* asked for */
	u32 mapcount[LIBSHARE_BLOCK_PAGES];
	u16 nid[LIBSHARE_BLOCK_PAGES];
};

bool libshare_pagecache_next(struct address_space *mapping, unsigned long *index,
			     struct libshare_resident *res);
bool libshare_pagecache_copy(void *file, u64 offset, void *buf, size_t len);

#endif
