/* SPDX-License-Identifier: GPL-2.0-only */
/* A pass over all processes of a scan, VMA by VMA. */
#ifndef LIBSHARE_VISIT_H
#define LIBSHARE_VISIT_H

#include <linux/sched.h>
#include <linux/types.h>

#include "process.h"
#include "snapshot.h"
#include "vmas.h"

/*
 * What is done with the VMA in hand, of the process of that index: reads it from
 * walk->addr on and moves walk->addr behind what was read. Where that is within
 * the VMA, or the lock was given up, it is called again for the rest.
 * Returns 0, or an error for libshare_process_skip().
 */
typedef int (*libshare_visit_fn)(void *context, struct libshare_vmas *walk, u32 process);

/**
 * libshare_visit_process() - Visit each VMA of a process, unless it has been skipped.
 * @snap: As for libshare_visit().
 * @process: Its index.
 * @visit: As for libshare_visit().
 * @context: As for libshare_visit().
 *
 * Context: As for libshare_visit().
 * Return: As libshare_visit().
 */
static __always_inline int libshare_visit_process(struct libshare_snapshot *snap, u32 process,
						  libshare_visit_fn visit, void *context)
{
	struct libshare_process *proc = libshare_process_at(snap, process);
	struct libshare_vmas walk;
	int err;

	if (proc->skipped)
		return 0;
	err = libshare_vmas_begin(&walk, proc->mm, snap);
	if (err)
		return libshare_process_skip(snap, proc, err);
	while ((err = libshare_vmas_next(&walk)) > 0) {
		err = visit(context, &walk, process);
		if (err)
			break;
	}
	libshare_vmas_end(&walk);
	return libshare_process_skip(snap, proc, err);
}

/**
 * libshare_visit() - Visit each VMA of each process that has not been skipped.
 * @snap: The snapshot of the scan, whose processes are known and pinned.
 * @visit: Called for each VMA, which is locked. Both are inlined.
 * @context: For @visit.
 *
 * Context: Process context, may sleep; scan_mutex is held, no lock of an mm.
 * Return: 0, -ENOMEM, or -EINTR when the reader was killed.
 */
static __always_inline int libshare_visit(struct libshare_snapshot *snap, libshare_visit_fn visit,
					  void *context)
{
	int err = 0;
	u64 i;

	for (i = 0; i < snap->processes.nr && !err; i++) {
		err = libshare_visit_process(snap, i, visit, context);
		cond_resched();
	}
	return err;
}

#endif
