/* SPDX-License-Identifier: GPL-2.0-only */
/* The files that processes map, and the file systems that they lie on. */
#ifndef LIBSHARE_PROC_FILES_H
#define LIBSHARE_PROC_FILES_H

#include "proc_world.h"

enum libshare_proc_fs {
	LIBSHARE_FS_OTHER,	/* of a disk, for instance */
	LIBSHARE_FS_OVERLAY,	/* shows another device than the page cache has */
	LIBSHARE_FS_REMOTE,	/* FUSE, NFS and their kind: opening a file may take forever */
	LIBSHARE_FS_HUGE,	/* hugetlbfs: no library is there */
	LIBSHARE_FS_KERNEL,	/* the kernel's own tmpfs: memfd, and memory without a file */
	LIBSHARE_FS_UNKNOWN,	/* not mounted where it can be seen */
};

uint32_t libshare_proc_file_find(struct libshare_proc_world *w, uint64_t dev, uint64_t ino,
				 pid_t pid);
enum libshare_proc_fs libshare_proc_fs_of(struct libshare_proc_world *w, uint64_t dev, pid_t pid);
void libshare_proc_files_merge(struct libshare_proc_world *w);

#endif
