// SPDX-License-Identifier: GPL-2.0-only
/*
 * Command lines of processes, from /proc: eight processes of one name are told apart
 * by their arguments. The module does not print them; recordings keep them in a table
 * of their own.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

#include "alloc.h"
#include "cmdline.h"
#include "text.h"

#define MOST 512	/* bytes of one that are kept */

/* Arguments with a space between; "-" if there are none, or the process has exited. */
static const char *read_cmdline(struct libshare_snapshot *snap, uint64_t pid)
{
	char path[48], text[MOST + 1], *clean;
	const char *kept;
	ssize_t size, i;
	int fd;

	snprintf(path, sizeof(path), "/proc/%" PRIu64 "/cmdline", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return "-";
	size = read(fd, text, MOST);
	close(fd);
	while (size > 0 && (!text[size - 1] || text[size - 1] == ' '))
		size--;
	if (size <= 0)
		return "-";
	for (i = 0; i < size; i++)
		if (!text[i])
			text[i] = ' ';
	text[size] = '\0';
	clean = libshare_text_escape(text);
	kept = libshare_snapshot_keep(snap, clean);
	free(clean);
	return kept;
}

/**
 * libshare_cmdline_add() - Read the command lines of the processes of this machine.
 * @snap: A snapshot of this machine, just taken.
 */
void libshare_cmdline_add(struct libshare_snapshot *snap)
{
	struct libshare_cmdline *row;
	struct libshare_process *proc;

	if (snap->has & LIBSHARE_HAS(LIBSHARE_CMDLINES))
		return;
	snap->has |= LIBSHARE_HAS(LIBSHARE_CMDLINES);
	libshare_for_each(proc, snap, LIBSHARE_PROCESSES) {
		proc->cmdline = read_cmdline(snap, proc->pid);
		row = libshare_snapshot_add(snap, LIBSHARE_CMDLINES);
		row->pid = proc->pid;
		row->cmdline = proc->cmdline;
	}
}

static int by_pid(const void *a, const void *b)
{
	const struct libshare_cmdline *x = a, *y = b;

	return (x->pid > y->pid) - (x->pid < y->pid);
}

/**
 * libshare_cmdline_join() - Give the processes of a recording their command lines.
 * @snap: The snapshot, all of which was read.
 */
void libshare_cmdline_join(struct libshare_snapshot *snap)
{
	struct libshare_rows *rows = &snap->table[LIBSHARE_CMDLINES];
	const struct libshare_cmdline *row;
	struct libshare_process *proc;

	if (!rows->nr)
		return;
	qsort(rows->at, rows->nr, sizeof(*row), by_pid);
	libshare_for_each(proc, snap, LIBSHARE_PROCESSES) {
		const struct libshare_cmdline key = { .pid = proc->pid };

		row = bsearch(&key, rows->at, rows->nr, sizeof(*row), by_pid);
		if (row)
			proc->cmdline = row->cmdline;
	}
}
