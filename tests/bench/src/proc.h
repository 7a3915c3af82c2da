/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading /proc: its processes, and the lines of maps. */
#ifndef PROC_H
#define PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct map {
	uint64_t start;
	uint64_t end;
	uint64_t offset;
	uint64_t dev;
	uint64_t ino;
	bool executable;
};

size_t proc_pids(pid_t **pids);
int open_proc(pid_t pid, const char *name);
ssize_t read_proc(int fd, char **buf, size_t *size);
const char *proc_parse_map(const char *line, struct map *map);

#endif
