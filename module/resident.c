// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names and page caches of the libraries that a survey has found, and whether the
 * mapcounts of what is cached tell what page tables would.
 *
 * Workers share out the libraries. Each writes a log of cached pages of its own.
 */
#include <linux/file.h>
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <linux/slab.h>

#include "finish.h"
#include "library.h"
#include "mappers.h"
#include "merge.h"
#include "resident.h"
#include "snapshot.h"
#include "workers.h"

/* Of a worker. */
struct log {
	const struct libshare_snapshot *whole;	/* whose libraries are read */
	struct libshare_snapshot *snap;		/* in whose log of cached pages it writes */
	u64 *cached_by_node;
};

/* What mapcounts told is not good: the library has to be walked, and starts anew. */
static void walk_instead(struct libshare_library *lib)
{
	lib->walked = true;
	lib->procs = 0;
	lib->maps = 0;
	lib->seen_by = 0;
	lib->mapped = 0;
	lib->shared = 0;
	lib->rss = 0;
	lib->mapcount_max = 0;
}

/*
 * Read a library's page cache.
 * Nobody may come or go while its mapcounts are read, or who mapped it in between
 * would be in them. So it is held to be mapped as the scan has seen it; but
 * not for longer than a small file takes, and only until somebody waits for that. Of a
 * larger one, who maps it is compared once more, after the last of its mapcounts.
 */
static int read_library(void *context, u32 worker, u64 i)
{
	struct log *log = (struct log *)context + worker;
	struct libshare_library *lib = libshare_library_at(log->whole, i);
	struct address_space *mapping = lib->file->f_mapping;
	unsigned long index = 0;
	bool as_seen;
	int err;

	libshare_library_describe(lib);
	if (libshare_vec_reserve(&log->snap->cached, LIBSHARE_LIBRARY_STEPS))
		return -ENOMEM;
	as_seen = !lib->walked && !lib->inexact &&
		  libshare_mappers_hold(mapping, lib->maps, lib->mappers);
	err = libshare_library_count(log->snap, lib, &index, log->cached_by_node);
	if (as_seen)
		libshare_mappers_release(mapping);
	if (err > 0) {
		err = libshare_library_count_rest(log->snap, lib, index, log->cached_by_node);
		as_seen = as_seen && libshare_mappers_hold(mapping, lib->maps, lib->mappers);
		if (as_seen)
			libshare_mappers_release(mapping);
	}
	if (!err && !lib->walked && (!as_seen || lib->inexact))
		walk_instead(lib);
	return err;
}

static int name_libraries(struct libshare_snapshot *snap)
{
	char *buf = kvmalloc(LIBSHARE_LIBRARY_PATH_BYTES, LIBSHARE_GFP);
	int err = buf ? 0 : -ENOMEM;
	u64 i;

	for (i = 0; i < snap->libraries.nr && !err; i++) {
		err = libshare_library_name(libshare_library_at(snap, i), buf);
		if (!err)
			err = libshare_finish_pause();
	}
	kvfree(buf);
	return err;
}

/* The first worker's log is the scan's own. */
static int begin_logs(struct log *log, u32 workers, struct libshare_snapshot *snap,
		      u64 *cached_by_node)
{
	u32 i;

	log[0] = (struct log) { .whole = snap, .snap = snap, .cached_by_node = cached_by_node };
	for (i = 1; i < workers; i++) {
		log[i].whole = snap;
		log[i].snap = libshare_snapshot_new(snap->want);
		log[i].cached_by_node = kvcalloc(nr_node_ids, sizeof(u64), LIBSHARE_GFP);
		if (!log[i].snap || !log[i].cached_by_node)
			return -ENOMEM;
	}
	return 0;
}

static int merge_logs(struct log *log, u32 workers, struct libshare_snapshot *snap)
{
	u32 i, nid;

	for (i = 1; i < workers; i++) {
		u64 base = snap->cached.nr, l;

		if (libshare_merge_cached(snap, log[i].snap))
			return -ENOMEM;
		for (l = i; l < snap->libraries.nr; l += workers)
			libshare_library_at(snap, l)->first_cached += base;
		for (nid = 0; nid < nr_node_ids; nid++)
			log[0].cached_by_node[nid] += log[i].cached_by_node[nid];
	}
	return 0;
}

static void end_logs(struct log *log, u32 workers)
{
	u32 i;

	for (i = 1; i < workers; i++) {
		if (log[i].snap)
			libshare_snapshot_put(log[i].snap);
		kvfree(log[i].cached_by_node);
	}
}

/* Let the files go, as only the reader may: who is not a user task would do it later. */
static u64 release(struct libshare_snapshot *snap)
{
	u64 walked = 0, i;

	for (i = 0; i < snap->libraries.nr; i++) {
		struct libshare_library *lib = libshare_library_at(snap, i);

		libshare_library_release(lib);
		walked += lib->walked;
		cond_resched();
	}
	return walked;
}

/**
 * libshare_resident_read() - Read names and page caches of all libraries.
 * @snap: The snapshot of the scan, whose libraries were all found.
 * @workers: How many share them out.
 * @cached_by_node: For each NUMA node the pages cached there, added to.
 *
 * Context: Process context, of the reader; may sleep.
 * Return: How many libraries are to be walked, -ENOMEM, or -EINTR when the reader
 * was killed.
 */
s64 libshare_resident_read(struct libshare_snapshot *snap, u32 workers, u64 *cached_by_node)
{
	u32 nr = max_t(u64, 1, min_t(u64, workers, snap->libraries.nr));
	struct log *log = kcalloc(nr, sizeof(*log), LIBSHARE_GFP);
	int err = -ENOMEM;

	if (!log)
		return -ENOMEM;
	if (!begin_logs(log, nr, snap, cached_by_node))
		err = name_libraries(snap);
	if (!err)
		err = libshare_workers_run(nr, snap->libraries.nr, read_library, log);
	if (!err)
		err = merge_logs(log, nr, snap);
	end_logs(log, nr);
	kfree(log);
	return err ? err : release(snap);
}
