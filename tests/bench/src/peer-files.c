// SPDX-License-Identifier: GPL-2.0-only
/*
 * Peers that are a file: a table of libshare, the floor's walk, or one of the
 * files of every process, read to nowhere.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "peers.h"
#include "proc.h"

static char buf[65536];

static void read_to_nowhere(int fd)
{
	while (read(fd, buf, sizeof(buf)) > 0)
		;
	close(fd);
}

bool file_available(const struct peer *peer)
{
	return !access(peer->file, R_OK);
}

void file_run(const struct peer *peer, struct libs *libs)
{
	int fd = open(peer->file, O_RDONLY | O_CLOEXEC);

	(void)libs;
	if (fd < 0)
		err(1, "%s", peer->file);
	read_to_nowhere(fd);
}

void raw_run(const struct peer *peer, struct libs *libs)
{
	pid_t *pids;
	size_t nr = proc_pids(&pids), i;

	(void)libs;
	for (i = 0; i < nr; i++) {
		int fd = open_proc(pids[i], peer->file);

		if (fd >= 0)
			read_to_nowhere(fd);
	}
	free(pids);
}

/* The column @name of a row, as the head of the table orders them. */
static const char *column(const char *head, const char *row, const char *name)
{
	size_t len = strlen(name);

	for (;;) {
		if (!strncmp(head, name, len) && (head[len] == '\t' || head[len] == '\n'))
			return row;
		head = strchr(head, '\t');
		row = strchr(row, '\t');
		if (!head++ || !row++)
			errx(1, "libraries: there is no %s", name);
	}
}

static uint64_t value(const char *head, const char *row, const char *name)
{
	return strtoull(column(head, row, name), NULL, 10);
}

/* libshare's own table, to compare with what the others found. */
void table_parse(struct libs *libs)
{
	FILE *file = fopen("/sys/kernel/debug/libshare/libraries", "r");
	char head[1024], row[40000];
	unsigned int major, minor;

	if (!file || !fgets(row, sizeof(row), file) || !fgets(head, sizeof(head), file))
		err(1, "libraries");
	while (fgets(row, sizeof(row), file)) {
		struct lib *lib;

		if (sscanf(column(head, row, "dev"), "%u:%u", &major, &minor) != 2)
			errx(1, "libraries: no device in: %s", row);
		lib = libs_get(libs, (uint64_t)major << 20 | minor, value(head, row, "ino"), 1);
		lib->executable = true;
		lib->procs = value(head, row, "procs");
		lib->mapped = value(head, row, "mapped") / 4096;
		lib->rss = value(head, row, "rss") / 4096;
		lib->copies = value(head, row, "cow") / 4096;
	}
	fclose(file);
}
