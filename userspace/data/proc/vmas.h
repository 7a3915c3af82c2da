/* SPDX-License-Identifier: GPL-2.0-only */
/* The mappings of files in a process, by /proc/PID/maps. */
#ifndef PROC_VMAS_H
#define PROC_VMAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct proc_vma {
	uint64_t start, end, offset;
	uint64_t dev, ino;	/* dev: major << 32 | minor */
	char perms[5];
};

/* Reads one process after another into the same memory. */
struct proc_vmas {
	struct proc_vma *at;
	size_t nr, room;
	char *text;
	size_t size;
	bool no_query;		/* this kernel does not know PROCMAP_QUERY */
	/* private: */
	bool open;		/* @fd is maps of the process at hand */
	int fd;
	char *name;
};

int proc_open(pid_t pid, const char *name);
ssize_t proc_read(int fd, char **text, size_t *size);
int proc_vmas_read(struct proc_vmas *v, pid_t pid);
const char *proc_vmas_name(struct proc_vmas *v, const struct proc_vma *vma);
void proc_vmas_free(struct proc_vmas *v);

#endif
