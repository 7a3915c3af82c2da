/* SPDX-License-Identifier: GPL-2.0-only */
/* The mappings of files in a process, by /proc/PID/maps. */
#ifndef LIBSHARE_PROC_VMAS_H
#define LIBSHARE_PROC_VMAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct libshare_proc_vma {
	uint64_t start, end, offset;
	uint64_t dev, ino;	/* dev: major << 32 | minor */
	char perms[5];
};

/* Reads one process after another into the same memory. */
struct libshare_proc_vmas {
	struct libshare_proc_vma *at;
	size_t nr, room;
	char *text;
	size_t size;
	bool no_query;		/* this kernel does not know PROCMAP_QUERY */
};

int libshare_proc_open(pid_t pid, const char *name);
ssize_t libshare_proc_read(int fd, char **text, size_t *size);
int libshare_proc_vmas_read(struct libshare_proc_vmas *v, pid_t pid);
void libshare_proc_vmas_free(struct libshare_proc_vmas *v);

#endif
