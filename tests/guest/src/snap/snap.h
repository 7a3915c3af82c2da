/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SNAP_H
#define SNAP_H

#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

struct proc {
	pid_t pid;
	char task[64];		/* /proc/PID, or /proc/PID/task/TID that has the mm */
	int stopped_by_us;
	int same_mm;
};

extern long page_size;

/* files.c: whole files at once; what fails ends the program, and lets all go on */
__attribute__((noreturn)) void die(const char *what);
void *grow(void *array, size_t n, size_t size);
char *slurp(const char *path, size_t *len);
void spill(const char *dir, const char *name, const char *buf, size_t len);
int copy(const char *from_dir, const char *name, const char *to_dir);

/* world.c: the processes there are, and stopping them */
extern struct proc *procs;
extern size_t nr_procs;
int find_task(struct proc *proc);
void freeze(void);
void thaw(void);

/* frames.c: entries of pagemap with what the kernel says of their frames */
void open_frames(void);
void forget_frames(void);
void dump_vma(int pagemap, uint64_t start, uint64_t end, FILE *out);

/* cache.c: what is in the page cache */
void forget_files(void);
void probe_cache(const char *task, const char *range, const char *name, const char *dev,
		 uint64_t ino, FILE *out);

#endif
