// SPDX-License-Identifier: GPL-2.0-only
/*
 * A scan of /proc: processes are read one after another (proc_processes.c), then each
 * library is counted (proc_count.c) and put into the tables (proc_tables.c).
 */
#include <inttypes.h>
#include <time.h>
#include <unistd.h>

#include "alloc.h"
#include "columns.h"
#include "proc.h"
#include "proc_files.h"
#include "proc_processes.h"
#include "proc_tables.h"

/* See libshare_proc_push(). */
void *libshare_proc_grow(struct libshare_proc_world *w, void *at, uint64_t nr, uint64_t *room,
			 size_t size)
{
	uint64_t more = nr ? nr : 64;

	w->bytes += more * size;
	*room = nr + more;
	return xrealloc(at, *room, size);
}

static uint64_t now(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return time.tv_sec * 1000000000ull + time.tv_nsec;
}

/* Chain the mappings of each file, in their order. */
static void link_mappings(struct libshare_proc_world *w)
{
	uint64_t i;

	for (i = 0; i < w->mappings.nr; i++) {
		uint32_t file = w->files.at[w->mappings.at[i].file].as;
		struct libshare_proc_file *f = &w->files.at[file];

		if (!f->executable)
			continue;
		if (f->first == LIBSHARE_PROC_NONE)
			f->first = i;
		else
			w->mappings.at[f->last].next = i;
		f->last = i;
	}
}

static void add_library(struct libshare_proc_world *w, uint32_t file)
{
	struct libshare_proc_library lib;
	struct libshare_proc_counts c;
	uint32_t at;

	if (w->files.at[file].as != file || w->files.at[file].first == LIBSHARE_PROC_NONE)
		return;
	if (!libshare_proc_library_read(w, file, &lib))
		return;
	for (at = w->files.at[file].first; at != LIBSHARE_PROC_NONE; at = w->mappings.at[at].next)
		w->files.at[w->mappings.at[at].file].library = true;
	libshare_proc_count(w, file, file, &lib.cache, &c);
	libshare_proc_library_rows(w, file, &lib, &c);
	libshare_proc_counts_free(w, &c);
	free(lib.cache.run);
}

static int by_place(const void *a, const void *b)
{
	const struct libshare_mapping *x = a, *y = b;

	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return (x->start > y->start) - (x->start < y->start);
}

static void add_fact(struct libshare_snapshot *snap, const char *name, uint64_t value)
{
	struct libshare_fact *fact = libshare_snapshot_add(snap, LIBSHARE_ABOUT);
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	fact->name = name;
	fact->value = libshare_snapshot_keep(snap, text);
}

static void add_facts(struct libshare_proc_world *w, uint64_t began, uint64_t cpu)
{
	struct libshare_snapshot *snap = w->snap;

	add_fact(snap, "scan_ns", now(CLOCK_MONOTONIC) - began);
	add_fact(snap, "scan_cpu_ns", now(CLOCK_THREAD_CPUTIME_ID) - cpu);
	add_fact(snap, "scan_processes", w->processes.nr);
	add_fact(snap, "scan_libraries", snap->table[LIBSHARE_LIBRARIES].nr);
	add_fact(snap, "scan_vmas", w->mappings.nr);
	add_fact(snap, "scan_ptes", w->ptes);
	add_fact(snap, "skipped_processes", snap->skipped);
	add_fact(snap, "memory_bytes", w->bytes + snap->bytes);
	snap->has |= LIBSHARE_HAS(LIBSHARE_ABOUT);
}

static void begin(struct libshare_proc_world *w, uint64_t generation)
{
	struct libshare_snapshot *snap = libshare_snapshot_new();
	const struct libshare_view *libraries = &libshare_tables[LIBSHARE_LIBRARIES];

	w->snap = snap;
	w->page_size = sysconf(_SC_PAGESIZE);
	snap->page_size = w->page_size;
	snap->generation = generation;
	snap->time_ns = now(CLOCK_REALTIME);
	snap->has = w->needs & LIBSHARE_PROC_HAS;
	snap->source = "proc";
	if (!w->read_buildid)
		snap->absent[LIBSHARE_LIBRARIES] |=
			1u << (libshare_column_find(libraries, "buildid", strlen("buildid")) -
			       libraries->columns);
	libshare_proc_frames_begin(&w->frames);
	snap->no_frames = !w->frames.known;
}

static void end(struct libshare_proc_world *w)
{
	libshare_proc_frames_end(&w->frames);
	free(w->files.at);
	free(w->mounts.at);
	free(w->processes.at);
	free(w->executables.at);
	free(w->mappings.at);
	free(w->pending.at);
	free(w->runs.at);
	free(w->copies.at);
	free(w->tables.at);
	free(w->slots);
	free(w->buffer);
}

static bool refuse(char *why, size_t size)
{
	snprintf(why, size, "one snapshot takes more than %" PRIu64 " MiB of memory: allow more with --memory-max",
		 libshare_memory_max >> 20);
	return false;
}

static bool scan(struct libshare_proc_world *w, char *why, size_t size)
{
	struct libshare_rows *mappings = &w->snap->table[LIBSHARE_MAPPINGS];
	struct libshare_snapshot *snap = w->snap;
	uint32_t i;

	if (!libshare_proc_processes_collect(w, why, size))
		return false;
	if (w->full)
		return refuse(why, size);
	libshare_proc_files_merge(w);
	link_mappings(w);
	for (i = 0; i < w->files.nr && libshare_proc_fits(w); i++)
		add_library(w, i);
	if (w->full)
		return refuse(why, size);
	if (libshare_proc_wants(w, LIBSHARE_PROCESSES))
		libshare_proc_process_rows(w);
	if (mappings->nr)
		qsort(mappings->at, mappings->nr, sizeof(struct libshare_mapping), by_place);
	snap->unseen = w->unseen;
	snap->skipped = w->exited;
	snap->skipped_by[LIBSHARE_SKIPPED_EXITED] = w->exited;
	snap->skipped_by[LIBSHARE_SKIPPED_STUCK] = 0;
	snap->skipped_by[LIBSHARE_SKIPPED_TOO_LONG] = 0;
	return libshare_snapshot_finish(snap, why, size);
}

/**
 * libshare_proc_scan() - Work the tables out from /proc.
 * @needs: LIBSHARE_HAS(): the tables that are wanted.
 * @read_buildid: Reads build IDs from the files of libraries, which may bring pages of them
 *                into memory; or NULL.
 * @generation: Number of this scan.
 * @snap: Set to the snapshot, for libshare_snapshot_free().
 * @why: Set to what went wrong.
 * @size: Bytes of @why.
 *
 * Return: Whether nothing did.
 */
bool libshare_proc_scan(unsigned int needs,
			const char *(*read_buildid)(struct libshare_snapshot *snap, int fd),
			uint64_t generation, struct libshare_snapshot **snap, char *why,
			size_t size)
{
	uint64_t began = now(CLOCK_MONOTONIC), cpu = now(CLOCK_THREAD_CPUTIME_ID);
	struct libshare_proc_world w = {
		.needs = needs | LIBSHARE_HAS(LIBSHARE_LIBRARIES), .read_buildid = read_buildid,
	};
	bool fine;

	begin(&w, generation);
	fine = scan(&w, why, size);
	if (fine) {
		add_facts(&w, began, cpu);
		*snap = w.snap;
	} else {
		libshare_snapshot_free(w.snap);
	}
	end(&w);
	return fine;
}
