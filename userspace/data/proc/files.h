/* SPDX-License-Identifier: GPL-2.0-only */
/* The files that processes map, and the file systems that they lie on. */
#ifndef PROC_FILES_H
#define PROC_FILES_H

#include "data/proc/world.h"

enum proc_fs {
	FS_OTHER,	/* of a disk, for instance */
	FS_OVERLAY,	/* shows another device than the page cache has */
	FS_REMOTE,	/* FUSE, NFS and their kind: opening a file may take forever */
	FS_HUGE,	/* hugetlbfs: no library is there */
	FS_KERNEL,	/* the kernel's own tmpfs: memfd, and memory without a file */
	FS_UNKNOWN,	/* not mounted where it can be seen */
};

uint32_t proc_file_find(struct proc_world *w, uint64_t dev, uint64_t ino, pid_t pid);
enum proc_fs proc_fs_of(struct proc_world *w, uint64_t dev, pid_t pid);
void proc_files_merge(struct proc_world *w);

#endif
