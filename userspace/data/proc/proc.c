// SPDX-License-Identifier: GPL-2.0-only
/*
 * A scan of /proc: processes are read one after another (proc_processes.c), then each
 * library is counted (proc_count.c) and put into the tables (proc_tables.c).
 */
#include <inttypes.h>
#include <unistd.h>

#include "data/alloc.h"
#include "data/clock.h"
#include "data/columns.h"
#include "data/order.h"
#include "data/proc/files.h"
#include "data/proc/proc.h"
#include "data/proc/processes.h"
#include "data/proc/tables.h"

#define MMAP_THRESHOLD (128 << 10)	/* see mallopt(3) */

/* See proc_push(). */
void *proc_grow(struct proc_world *w, void *at, uint64_t nr, uint64_t *room,
		size_t size)
{
	/*
	 * Large enough for malloc() to map it: it grows without being copied, and takes
	 * the memory that is used of it.
	 */
	uint64_t more = nr ?: 2 * MMAP_THRESHOLD / size;

	w->bytes += more * size;
	*room = nr + more;
	return xrealloc(at, *room, size);
}

/* Chain the mappings of each file, in their order. */
static void link_mappings(struct proc_world *w)
{
	uint64_t i;

	for (i = 0; i < w->mappings.nr; i++) {
		uint32_t file = w->files.at[w->mappings.at[i].file].as;
		struct proc_file *f = &w->files.at[file];

		if (!f->executable)
			continue;
		if (f->first == PROC_NONE)
			f->first = i;
		else
			w->mappings.at[f->last].next = i;
		f->last = i;
	}
}

static void add_library(struct proc_world *w, uint32_t file)
{
	struct proc_library lib;
	struct proc_counts c;
	uint32_t at;

	if (w->files.at[file].as != file || w->files.at[file].first == PROC_NONE)
		return;
	if (!proc_library_read(w, file, &lib))
		return;
	for (at = w->files.at[file].first; at != PROC_NONE; at = w->mappings.at[at].next)
		w->files.at[w->mappings.at[at].file].library = true;
	proc_count(w, file, file, &lib.cache, &c);
	proc_library_rows(w, file, &lib, &c);
	proc_counts_free(w, &c);
	free(lib.cache.run);
}

static int by_place(const void *a, const void *b)
{
	const struct mapping *x = a, *y = b;

	return order(x->pid, y->pid) ?: order(x->start, y->start);
}

static void add_fact(struct snapshot *snap, const char *name, uint64_t value)
{
	struct fact *fact = snapshot_add(snap, ABOUT);
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	fact->name = name;
	fact->value = snapshot_keep(snap, text);
}

static void add_facts(struct proc_world *w, uint64_t began, uint64_t cpu)
{
	struct snapshot *snap = w->snap;

	add_fact(snap, "scan_ns", clock_ns(CLOCK_MONOTONIC) - began);
	add_fact(snap, "scan_cpu_ns", clock_ns(CLOCK_THREAD_CPUTIME_ID) - cpu);
	add_fact(snap, "scan_processes", w->processes.nr);
	add_fact(snap, "scan_libraries", snap->table[LIBRARIES].nr);
	add_fact(snap, "scan_vmas", w->mappings.nr);
	add_fact(snap, "scan_ptes", w->ptes);
	add_fact(snap, "skipped_processes", snap->skipped);
	add_fact(snap, "memory_bytes", w->bytes + snap->bytes);
	snap->has |= HAS(ABOUT);
}

static void begin(struct proc_world *w, uint64_t generation)
{
	struct snapshot *snap = snapshot_new();
	const struct view *libraries = &tables[LIBRARIES];

	w->snap = snap;
	w->page_size = sysconf(_SC_PAGESIZE);
	snap->page_size = w->page_size;
	snap->generation = generation;
	snap->time_ns = clock_ns(CLOCK_REALTIME);
	snap->has = w->needs & PROC_HAS;
	snap->source = "proc";
	if (!w->read_buildid)
		snap->absent[LIBRARIES] |=
			1u << (column_find(libraries, "buildid", strlen("buildid")) -
			       libraries->columns);
	proc_frames_begin(&w->frames);
	snap->no_frames = !w->frames.known;
}

static void free_world(struct proc_world *w)
{
	free(w->files.at);
	free(w->mounts.at);
	free(w->processes.at);
	free(w->executables.at);
	free(w->mappings.at);
	free(w->pending.at);
	free(w->runs.at);
	free(w->copies.at);
	free(w->held.at);
	free(w->tables.at);
	free(w->buffer);
	free(w);
}

/* The memory of the last scan: to get new pages costs more than to count what is in them. */
static struct proc_world *spare;

static struct proc_world *take_world(void)
{
	struct proc_world *w = __atomic_exchange_n(&spare, NULL, __ATOMIC_ACQUIRE);

	return w ?: xcalloc(1, sizeof(*w));
}

static void put_world(struct proc_world *w)
{
	bool full = w->full;

	proc_frames_end(&w->frames);
	free(w->slots);
	w->files.nr = 0;
	w->mounts.nr = 0;
	w->processes.nr = 0;
	w->executables.nr = 0;
	w->mappings.nr = 0;
	w->pending.nr = 0;
	w->runs.nr = 0;
	w->copies.nr = 0;
	w->tables.nr = 0;
	memset(&w->snap, 0, sizeof(*w) - offsetof(struct proc_world, snap));
	if (!full)
		w = __atomic_exchange_n(&spare, w, __ATOMIC_RELEASE);
	if (w)
		free_world(w);
}

static bool refuse(char *why, size_t size)
{
	snprintf(why, size, "one snapshot takes more than %" PRIu64 " MiB of memory: allow more with --memory-max",
		 memory_max >> 20);
	return false;
}

static bool scan(struct proc_world *w, char *why, size_t size)
{
	struct rows *mappings = &w->snap->table[MAPPINGS];
	struct snapshot *snap = w->snap;
	uint32_t i;

	if (!proc_processes_collect(w, why, size))
		return false;
	if (w->full)
		return refuse(why, size);
	proc_files_merge(w);
	link_mappings(w);
	for (i = 0; i < w->files.nr && proc_fits(w); i++)
		add_library(w, i);
	if (w->full)
		return refuse(why, size);
	if (proc_wants(w, PROCESSES))
		proc_process_rows(w);
	if (mappings->nr)
		qsort(mappings->at, mappings->nr, sizeof(struct mapping), by_place);
	snap->unseen = w->unseen;
	snap->skipped = w->exited;
	snap->skipped_by[SKIPPED_EXITED] = w->exited;
	snap->skipped_by[SKIPPED_STUCK] = 0;
	snap->skipped_by[SKIPPED_TOO_LONG] = 0;
	return snapshot_finish(snap, why, size);
}

/**
 * proc_scan() - Work the tables out from /proc.
 * @needs: HAS(): the tables that are wanted.
 * @read_buildid: Reads build IDs from the files of libraries, which may bring pages of them
 *                into memory; or NULL.
 * @generation: Number of this scan.
 * @snap: Set to the snapshot, for snapshot_free().
 * @why: Set to what went wrong.
 * @size: Bytes of @why.
 *
 * Return: Whether nothing did.
 */
bool proc_scan(unsigned int needs,
	       const char *(*read_buildid)(struct snapshot *snap, int fd),
	       uint64_t generation, struct snapshot **snap, char *why,
	       size_t size)
{
	uint64_t began = clock_ns(CLOCK_MONOTONIC), cpu = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	struct proc_world *w = take_world();
	bool fine;

	w->needs = needs | HAS(LIBRARIES);
	w->read_buildid = read_buildid;
	begin(w, generation);
	fine = scan(w, why, size);
	if (fine) {
		add_facts(w, began, cpu);
		*snap = w->snap;
	} else {
		snapshot_free(w->snap);
	}
	put_world(w);
	return fine;
}
