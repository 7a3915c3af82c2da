// SPDX-License-Identifier: GPL-2.0-only
/* Finding a process of a snapshot by its pid. */
#include "data/alloc.h"
#include "data/order.h"
#include "data/pids.h"

static int by_pid(const void *a, const void *b)
{
	const struct process *const *x = a, *const *y = b;

	return order((*x)->pid, (*y)->pid);
}

/**
 * pids_make() - Sort the processes of a snapshot, for pids_find().
 * @snap: The snapshot, whose rows of processes stay where they are.
 *
 * Return: All of them; @at is for free().
 */
struct pids pids_make(const struct snapshot *snap)
{
	struct pids pids = { xcalloc(snap->table[PROCESSES].nr, sizeof(*pids.at)), 0 };
	struct process *proc;

	for_each(proc, snap, PROCESSES)
		pids.at[pids.nr++] = proc;
	qsort(pids.at, pids.nr, sizeof(*pids.at), by_pid);
	return pids;
}

/**
 * pids_find() - Find a process.
 * @pids: Those of its snapshot.
 * @pid: Its pid.
 *
 * Return: Where it is in @pids, or NULL.
 */
struct process **pids_find(const struct pids *pids, uint64_t pid)
{
	const struct process *key = &(struct process){ .pid = pid };

	return bsearch(&key, pids->at, pids->nr, sizeof(*pids->at), by_pid);
}
