// SPDX-License-Identifier: GPL-2.0-only
/*
 * Command lines of processes, from /proc: eight processes of one name are told apart
 * by their arguments. The module does not print them; recordings keep them in a table
 * of their own.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

#include "data/alloc.h"
#include "data/cmdline.h"
#include "data/order.h"
#include "data/text.h"

#define MOST 512	/* bytes of one that are kept */

/* Arguments with a space between; "-" if there are none, or the process has exited. */
static const char *read_cmdline(struct snapshot *snap, uint64_t pid)
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
	clean = text_escape(text);
	kept = snapshot_keep(snap, clean);
	free(clean);
	return kept;
}

/**
 * cmdline_add() - Read the command lines of the processes of this machine.
 * @snap: A snapshot of this machine, just taken.
 */
void cmdline_add(struct snapshot *snap)
{
	struct cmdline *row;
	struct process *proc;

	if (snap->has & HAS(CMDLINES))
		return;
	snap->has |= HAS(CMDLINES);
	for_each(proc, snap, PROCESSES) {
		proc->cmdline = read_cmdline(snap, proc->pid);
		row = snapshot_add(snap, CMDLINES);
		row->pid = proc->pid;
		row->cmdline = proc->cmdline;
	}
}

static int by_pid(const void *a, const void *b)
{
	const struct cmdline *x = a, *y = b;

	return order(x->pid, y->pid);
}

/**
 * cmdline_join() - Give the processes of a recording their command lines.
 * @snap: The snapshot, all of which was read.
 */
void cmdline_join(struct snapshot *snap)
{
	struct rows *rows = &snap->table[CMDLINES];
	const struct cmdline *row;
	struct process *proc;

	if (!rows->nr)
		return;
	qsort(rows->at, rows->nr, sizeof(*row), by_pid);
	for_each(proc, snap, PROCESSES) {
		const struct cmdline key = { .pid = proc->pid };

		row = bsearch(&key, rows->at, rows->nr, sizeof(*row), by_pid);
		if (row)
			proc->cmdline = row->cmdline;
	}
}
