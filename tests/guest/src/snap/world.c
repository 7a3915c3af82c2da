// SPDX-License-Identifier: GPL-2.0-only
/* The processes there are: found, stopped, let go. */
#define _GNU_SOURCE
#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "snap.h"

#define PF_KTHREAD 0x00200000

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

void list_procs(void)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;

	nr_procs = 0;
	while ((entry = readdir(dir))) {
		unsigned long flags = 0;
		pid_t pid = atoi(entry->d_name);

		if (pid <= 0 || !task_state(pid, &flags) || (flags & PF_KTHREAD))
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

/* A vfork()ing parent sleeps in state D and stays there: as good as stopped. */
void freeze(void)
{
	unsigned long flags;

	for (size_t i = 0; i < nr_procs; i++) {
		char state = task_state(procs[i].pid, &flags);

		if (procs[i].pid == 1 || procs[i].pid == getpid() || strchr("TtX", state))
			continue;
		procs[i].stopped_by_us = kill(procs[i].pid, SIGSTOP) == 0;
	}
	for (int round = 0; round < 500; round++) {
		const char *still = round < 20 ? "TtZX" : "TtZXD";
		int awake = 0;

		for (size_t i = 0; i < nr_procs; i++)
			if (procs[i].stopped_by_us &&
			    !strchr(still, task_state(procs[i].pid, &flags)))
				awake++;
		doze(5);
		if (!awake)
			return;
	}
	fprintf(stderr, "snap: processes do not stop\n");
	thaw();
	exit(1);
}
