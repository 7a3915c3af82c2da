// SPDX-License-Identifier: GPL-2.0-only
/*
 * A scan for the libraries alone: one pass over all processes, and two ways to
 * count a library's file pages.
 *
 * The short way takes them from the kernel's own mapcount of each cached page.
 * It is taken only where that is sure to be what the page tables say:
 *
 *	- the kernel counts the mappings of each page, and the page is not about
 *	  to be another one (locked, broken): pagecache.c;
 *	- no process maps a page of the file twice, and no entry that was read is
 *	  under migration: tally.c;
 *	- the file is mapped by the VMAs that the scan has seen and by no others,
 *	  in processes that were skipped, ended or began meanwhile, or that no
 *	  task has any more: mappers.c.
 *
 * Of those, resident.c sees to the first and the last.
 *
 * Otherwise, and with the parameter always_walk, the page tables are read. What
 * mapcounts cannot tell (copies, swap, page tables) is read from page tables
 * always, but copies only where a VMA has an anon_vma, without which there are
 * none.
 *
 * Workers may share out the processes. Each finds libraries of its own, and counts
 * in a snapshot of its own (surveyor.c); each process is looked at by one of them
 * alone. In the end they are put together as if one had found them all.
 */
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>

#include "finish.h"
#include "leaf.h"
#include "library.h"
#include "merge.h"
#include "resident.h"
#include "snapshot.h"
#include "survey.h"
#include "surveyor.h"
#include "tally.h"
#include "workers.h"

static bool always_walk;
module_param(always_walk, bool, 0644);
MODULE_PARM_DESC(always_walk,
		 "Read the page tables even where mapcounts would tell the same (N)");

static int begin_part(struct libshare_surveyor *part, const struct libshare_surveyor *s)
{
	int err = libshare_surveyor_begin(part);

	part->walk = s->walk;
	part->snap = libshare_snapshot_new(s->snap->want);
	part->index = kvzalloc(sizeof(*part->index), LIBSHARE_GFP);
	part->leaf = kvmalloc(sizeof(*part->leaf), LIBSHARE_GFP);
	if (err || !part->snap || !part->index || !part->leaf)
		return -ENOMEM;
	part->snap->processes = s->snap->processes;
	part->index->libraries = &part->snap->libraries;
	part->leaf->count_alone = s->leaf->count_alone;
	return 0;
}

static void end_part(struct libshare_surveyor *part)
{
	kvfree(part->leaf);
	kvfree(part->index);
	if (part->snap) {
		libshare_vec_init(&part->snap->processes, sizeof(struct libshare_process));
		libshare_snapshot_put(part->snap);
	}
	libshare_surveyor_end(part);
}

/* Of the libraries that wait for it, the one that was found in the first process. */
static struct libshare_library *next_to_merge(struct libshare_surveyor *part, u32 nr)
{
	struct libshare_library *lib, *next = NULL;
	struct libshare_surveyor *of = NULL;
	u32 i;

	for (i = 0; i < nr; i++) {
		if (part[i].merged == part[i].snap->libraries.nr)
			continue;
		lib = libshare_library_at(part[i].snap, part[i].merged);
		if (!next || lib->found_in < next->found_in) {
			next = lib;
			of = &part[i];
		}
	}
	if (of)
		of->merged++;
	return next;
}

/* In the order in which one worker would have found them, and by the same file. */
static int merge_libraries(struct libshare_surveyor *s, struct libshare_surveyor *part, u32 nr)
{
	struct libshare_library *from, *to;
	int err = 0;

	while (!err && (from = next_to_merge(part, nr))) {
		to = libshare_library_find_same(s->index, from);
		if (!to) {
			if (libshare_vec_reserve(&s->snap->libraries, 1))
				return -ENOMEM;
			to = libshare_library_take(s->index, from);
		}
		err = libshare_merge_library(to, from);
		if (!err)
			err = libshare_finish_pause();
	}
	return err;
}

static int merge_parts(struct libshare_surveyor *s, struct libshare_surveyor *part, u32 nr)
{
	int err = merge_libraries(s, part, nr);
	u32 i;

	for (i = 0; i < nr && !err; i++) {
		libshare_merge_cost(&s->snap->cost, &part[i].snap->cost);
		err = libshare_merge_copies(s->snap, part[i].snap);
	}
	for (i = 0; i < nr && !err; i++)
		err = libshare_surveyor_late(s, &part[i]);
	return err;
}

/* The first pass, shared out. */
static int survey_in_parts(struct libshare_surveyor *s, u32 nr)
{
	struct libshare_surveyor *part = kvcalloc(nr, sizeof(*part), LIBSHARE_GFP);
	int err = part ? 0 : -ENOMEM;
	u32 begun = 0;

	while (!err && begun < nr)
		err = begin_part(&part[begun++], s);
	if (!err)
		err = libshare_workers_run(nr, s->snap->processes.nr, libshare_surveyor_visit,
					   part);
	if (!err)
		err = merge_parts(s, part, nr);
	while (begun)
		end_part(&part[--begun]);
	kvfree(part);
	return err;
}

static int survey_alone(struct libshare_surveyor *s)
{
	int err = libshare_surveyor_begin(s);

	if (!err)
		err = libshare_workers_run(1, s->snap->processes.nr, libshare_surveyor_visit, s);
	libshare_surveyor_end(s);
	return err;
}

static int run(struct libshare_surveyor *s, u64 *cached_by_node)
{
	u32 workers = libshare_workers_for(s->snap->processes.nr);
	int err = workers > 1 ? survey_in_parts(s, workers) : survey_alone(s);
	s64 walked;
	u64 i;

	if (err)
		return err;
	s->snap->cost.workers = workers;
	walked = libshare_resident_read(s->snap, workers, cached_by_node);
	if (walked > 0 && !s->walk)
		err = libshare_surveyor_walk(s);
	if (walked < 0 || err)
		return walked < 0 ? walked : err;
	s->snap->cost.walked_libraries = walked;
	for (i = 0; i < s->snap->libraries.nr && !err; i++) {
		libshare_tally_finish(s->snap, libshare_library_at(s->snap, i));
		err = libshare_finish_pause();
	}
	return err;
}

/**
 * libshare_survey() - Count libraries, where neither rows nor pages are wanted.
 * @snap: The snapshot of the scan, whose processes are known.
 * @index: An empty index of its libraries.
 * @leaf: To work in.
 * @cached_by_node: For each NUMA node the pages cached there, added to.
 *
 * Context: Process context, may sleep.
 * Return: 0, -ENOMEM, or -EINTR when the reader was killed.
 */
int libshare_survey(struct libshare_snapshot *snap, struct libshare_library_index *index,
		    struct libshare_leaf *leaf, u64 *cached_by_node)
{
	struct libshare_surveyor s = {
		.snap = snap,
		.index = index,
		.leaf = leaf,
		.walk = READ_ONCE(always_walk) || IS_ENABLED(CONFIG_NO_PAGE_MAPCOUNT),
	};

	return run(&s, cached_by_node);
}
