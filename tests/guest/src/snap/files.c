// SPDX-License-Identifier: GPL-2.0-only
/* Whole files, read and written at once. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "snap.h"

void die(const char *what)
{
	fprintf(stderr, "snap: %s: %s\n", what, strerror(errno));
	thaw();
	exit(1);
}

void *grow(void *array, size_t n, size_t size)
{
	if (n & (n - 1))
		return array;
	array = realloc(array, (n ? 2 * n : 1) * size);
	if (!array)
		die("memory");
	return array;
}

/* The whole of a /proc file, with a terminating 0; NULL when it can't be read. */
char *slurp(const char *path, size_t *len)
{
	size_t have = 0, room = 1 << 16;
	char *buf = malloc(room + 1);
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		free(buf);
		return NULL;
	}
	for (;;) {
		ssize_t got = read(fd, buf + have, room - have);

		if (got < 0) {
			close(fd);
			free(buf);
			return NULL;
		}
		if (got == 0)
			break;
		have += (size_t)got;
		if (have == room) {
			room *= 2;
			buf = realloc(buf, room + 1);
			if (!buf)
				die("memory");
		}
	}
	close(fd);
	buf[have] = '\0';
	if (len)
		*len = have;
	return buf;
}

void spill(const char *dir, const char *name, const char *buf, size_t len)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	if (!f || fwrite(buf, 1, len, f) != len || fclose(f))
		die(path);
}

int copy(const char *from_dir, const char *name, const char *to_dir)
{
	char path[512];
	size_t len;
	char *buf;

	snprintf(path, sizeof(path), "%s/%s", from_dir, name);
	buf = slurp(path, &len);
	if (!buf)
		return -1;
	spill(to_dir, name, buf, len);
	free(buf);
	return 0;
}
