// SPDX-License-Identifier: GPL-2.0-only
/* The processes there are: found, stopped, let go. */
#define _GNU_SOURCE
#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "snap.h"

#define PF_KTHREAD 0x00200000
#define SYS_CLONE3 435

struct proc *procs;
size_t nr_procs;

void thaw(void)
{
	for (size_t i = 0; i < nr_procs; i++)
		if (procs[i].stopped_by_us)
			kill(procs[i].pid, SIGCONT);
}

static char task_state(pid_t pid, unsigned long *flags)
{
	char path[64], state = 0;
	char *stat, *end;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	stat = slurp(path, NULL);
	end = stat ? strrchr(stat, ')') : NULL;
	if (end)
		sscanf(end + 2, "%c %*d %*d %*d %*d %*d %lu", &state, flags);
	free(stat);
	return state;
}

/* Where the address space of a process can be seen: not in a zombie leader. */
int find_task(struct proc *proc)
{
	char path[96];
	struct dirent *entry;
	char *maps;
	DIR *dir;

	snprintf(proc->task, sizeof(proc->task), "/proc/%d", proc->pid);
	snprintf(path, sizeof(path), "%s/maps", proc->task);
	maps = slurp(path, NULL);
	if (maps && *maps) {
		free(maps);
		return 1;
	}
	free(maps);
	snprintf(path, sizeof(path), "/proc/%d/task", proc->pid);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		int tid = atoi(entry->d_name);

		if (tid <= 0)
			continue;
		snprintf(proc->task, sizeof(proc->task), "/proc/%d/task/%d", proc->pid, tid);
		snprintf(path, sizeof(path), "%s/maps", proc->task);
		maps = slurp(path, NULL);
		if (maps && *maps) {
			free(maps);
			closedir(dir);
			return 1;
		}
		free(maps);
	}
	if (dir)
		closedir(dir);
	return 0;
}

/* Adds the processes that are not known yet. */
static void list_procs(void)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;

	while ((entry = readdir(dir))) {
		unsigned long flags = 0;
		pid_t pid = atoi(entry->d_name);
		size_t i = 0;

		while (i < nr_procs && procs[i].pid != pid)
			i++;
		if (pid <= 0 || i < nr_procs || !task_state(pid, &flags) || (flags & PF_KTHREAD))
			continue;
		procs = grow(procs, nr_procs, sizeof(*procs));
		procs[nr_procs++] = (struct proc){ .pid = pid };
	}
	closedir(dir);
}

static void doze(long ms)
{
	struct timespec t = { .tv_nsec = ms * 1000000 };

	nanosleep(&t, NULL);
}

/* What a file of /proc/PID says of where a task waits. */
static char *waits_in(pid_t pid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	return slurp(path, NULL);
}

/* The parent of a vfork() sleeps in state D until its child goes on, which is stopped. */
static int in_clone(pid_t pid)
{
	char *text = waits_in(pid, "syscall");
	long nr = text ? strtol(text, NULL, 10) : -1;

	free(text);
#ifdef SYS_vfork
	if (nr == SYS_vfork)
		return 1;
#endif
	return nr == SYS_clone || nr == SYS_CLONE3;
}

/* A fault that userfaultfd has to answer: only a stopped process could. */
static int in_userfault(pid_t pid)
{
	char *text = waits_in(pid, "stack");
	int yes = text && strstr(text, "userfault");

	free(text);
	return yes;
}

/*
 * Will this task stay in state D until the world goes on? Any other waits for a disk or a
 * lock, and runs before it stops.
 */
static int stays(pid_t pid)
{
	return in_clone(pid) || in_userfault(pid);
}

/* Whether all threads of a process have stopped, or are dead. */
static int has_stopped(pid_t pid)
{
	unsigned long flags;
	struct dirent *entry;
	char path[64];
	int yes = 1;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	while (dir && yes && (entry = readdir(dir))) {
		pid_t tid = atoi(entry->d_name);
		char state = tid > 0 ? task_state(tid, &flags) : 'T';

		/* strchr() finds the 0 that stands for a thread that is gone. */
		yes = strchr("TtZX", state) || (state == 'D' && stays(tid));
	}
	if (dir)
		closedir(dir);
	return yes;
}

/* Until no process is left that forked before it stopped. The caller sets a time limit. */
void freeze(void)
{
	unsigned long flags;
	size_t known;

	do {
		known = nr_procs;
		list_procs();
		for (size_t i = known; i < nr_procs; i++) {
			pid_t pid = procs[i].pid;

			if (pid != 1 && pid != getpid() && !strchr("TtX", task_state(pid, &flags)))
				procs[i].stopped_by_us = kill(pid, SIGSTOP) == 0;
		}
		for (size_t i = known; i < nr_procs; i++)
			while (procs[i].stopped_by_us && !has_stopped(procs[i].pid))
				doze(5);
	} while (nr_procs > known);
}
