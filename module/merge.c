// SPDX-License-Identifier: GPL-2.0-only
/*
 * What several workers have found, each in processes of his own, → what one would
 * have found in all of them. Arithmetic only; it runs in user space for its unit
 * tests.
 */
#include <linux/errno.h>
#include <linux/sched.h>

#include "merge.h"
#include "snapshot.h"
#include "tally.h"

/**
 * libshare_merge_library() - Add what a worker has counted of a library.
 * @to: The library; no process is being counted.
 * @from: The same one, as the worker has it. Is given the number of @to.
 *
 * Context: Process context, may sleep.
 * Return: 0 or -ENOMEM.
 */
int libshare_merge_library(struct libshare_library *to, struct libshare_library *from)
{
	from->number = to->number;
	to->exe |= from->exe;
	to->inexact |= from->inexact;
	to->maps += from->maps;
	to->procs += from->procs;
	to->tables += from->tables;
	to->cow += from->cow;
	to->swap += from->swap;
	to->ksm += from->ksm;
	to->cow_unique += from->cow_unique;
	to->rss += from->rss;
	to->mappers += from->mappers;
	return libshare_tally_merge(to, from);
}

/**
 * libshare_merge_copies() - Add the copies that a worker has noted.
 * @to: The snapshot of the scan.
 * @from: The worker's, whose libraries have been merged; it loses them.
 *
 * Context: Process context, may sleep.
 * Return: 0 or -ENOMEM.
 */
int libshare_merge_copies(struct libshare_snapshot *to, struct libshare_snapshot *from)
{
	u64 base = to->mappings.nr, i;

	if (base + from->mappings.nr >= U32_MAX ||
	    libshare_vec_reserve(&to->mappings, from->mappings.nr) ||
	    libshare_vec_reserve(&to->copies, from->copies.nr))
		return -ENOMEM;
	for (i = 0; i < from->mappings.nr; i++) {
		const struct libshare_mapping *old = libshare_mapping_at(from, i);
		struct libshare_mapping *map = libshare_vec_push(&to->mappings);

		map->process = old->process;
		map->library = libshare_library_at(from, old->library)->number;
		cond_resched();
	}
	for (i = 0; i < from->copies.nr; i++) {
		struct libshare_copy *copy = libshare_vec_push(&to->copies);

		*copy = *(struct libshare_copy *)libshare_vec_at(&from->copies, i);
		copy->mapping += base;
		cond_resched();
	}
	libshare_vec_free(&from->mappings);
	libshare_vec_free(&from->copies);
	return 0;
}

/**
 * libshare_merge_cached() - Add the log of cached pages that a worker has written.
 * @to: The snapshot of the scan. Where its log ended is where the worker's begins now.
 * @from: The worker's.
 *
 * Context: Process context, may sleep.
 * Return: 0 or -ENOMEM.
 */
int libshare_merge_cached(struct libshare_snapshot *to, struct libshare_snapshot *from)
{
	u64 i;

	if (libshare_vec_reserve(&to->cached, from->cached.nr))
		return -ENOMEM;
	for (i = 0; i < from->cached.nr; i++) {
		struct libshare_bits *bits = libshare_vec_push(&to->cached);

		*bits = *(struct libshare_bits *)libshare_vec_at(&from->cached, i);
		cond_resched();
	}
	return 0;
}

/**
 * libshare_merge_cost() - Add what a worker has met in his processes.
 * @to: Of the scan.
 * @from: The worker's.
 *
 * Context: Any.
 */
void libshare_merge_cost(struct libshare_cost *to, const struct libshare_cost *from)
{
	to->skipped_processes += from->skipped_processes;
	to->vmas += from->vmas;
	to->passed_over_vmas += from->passed_over_vmas;
	to->tables += from->tables;
	to->ptes += from->ptes;
	to->huge_pmds += from->huge_pmds;
	to->special_ptes += from->special_ptes;
	to->nonpresent_ptes += from->nonpresent_ptes;
	to->mmap_lock_waits += from->mmap_lock_waits;
	to->mmap_lock_yields += from->mmap_lock_yields;
	to->mmap_lock_hold_max_ns = max(to->mmap_lock_hold_max_ns, from->mmap_lock_hold_max_ns);
	to->pte_lock_hold_max_cycles = max(to->pte_lock_hold_max_cycles,
					   from->pte_lock_hold_max_cycles);
}
