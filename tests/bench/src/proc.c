// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "proc.h"

/* All processes, in an array for the caller to free. */
size_t proc_pids(pid_t **pids)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	size_t nr = 0, room = 1024;
	pid_t *list = malloc(room * sizeof(*list));

	if (!dir || !list)
		err(1, "/proc");
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] < '1' || entry->d_name[0] > '9')
			continue;
		if (nr == room) {
			room *= 2;
			list = realloc(list, room * sizeof(*list));
			if (!list)
				err(1, "out of memory");
		}
		list[nr++] = atoi(entry->d_name);
	}
	closedir(dir);
	*pids = list;
	return nr;
}

/* A file of a process, or -1 when that has gone. */
int open_proc(pid_t pid, const char *name)
{
	char path[64], digits[12], *d = digits + sizeof(digits), *p = path;

	memcpy(p, "/proc/", 6);
	for (*--d = '/'; pid; pid /= 10)
		*--d = '0' + pid % 10;
	p = mempcpy(p + 6, d, digits + sizeof(digits) - d);
	memccpy(p, name, '\0', path + sizeof(path) - p);
	return open(path, O_RDONLY | O_CLOEXEC);
}

/* All of a file, with a 0 behind it, in a buffer that grows as needed. */
ssize_t read_proc(int fd, char **buf, size_t *size)
{
	size_t len = 0;
	ssize_t ret;

	for (;;) {
		if (*size - len < 65536) {
			*size = *size * 2 + 131072;
			*buf = realloc(*buf, *size);
			if (!*buf)
				err(1, "out of memory");
		}
		ret = read(fd, *buf + len, *size - len - 1);
		if (ret <= 0)
			break;
		len += ret;
	}
	(*buf)[len] = '\0';
	return ret < 0 ? ret : (ssize_t)len;
}

static const char *parse_hex(const char *p, uint64_t *value)
{
	uint64_t n = 0;

	for (;; p++) {
		unsigned int digit = *p - '0';

		if (digit > 9) {
			digit = *p - 'a';
			if (digit > 5)
				break;
			digit += 10;
		}
		n = n << 4 | digit;
	}
	*value = n;
	return p;
}

/* The first line of a text in the form of maps; returns what follows it. */
const char *proc_parse_map(const char *line, struct map *map)
{
	uint64_t major, minor, ino = 0;
	const char *p = parse_hex(line, &map->start);

	p = parse_hex(p + 1, &map->end);
	map->executable = p[3] == 'x';
	p = parse_hex(p + 6, &map->offset);
	p = parse_hex(p + 1, &major);
	p = parse_hex(p + 1, &minor);
	for (p++; *p >= '0' && *p <= '9'; p++)
		ino = ino * 10 + *p - '0';
	map->dev = major << 20 | minor;
	map->ino = ino;
	p = strchr(p, '\n');
	return p ? p + 1 : "";
}
