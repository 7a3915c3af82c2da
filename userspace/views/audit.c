// SPDX-License-Identifier: GPL-2.0-only
/*
 * The audit: what is in the copies that a scan has counted, and how many of them are
 * equal. It reads the memory of other processes, so it is run only when asked for.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <unistd.h>

#include "data/alloc.h"
#include "data/clock.h"
#include "data/elffile.h"
#include "data/names.h"
#include "data/order.h"
#include "views/audit.h"
#include "views/audit_copies.h"

/* Which rows of a table are asked for. */
static bool *choose(const struct snapshot *snap, enum table_id id,
		    const struct filter *filter)
{
	const struct view *view = &tables[id];
	const struct rows *rows = &snap->table[id];
	struct list list = list_make(snap, view, rows, filter);
	bool *wanted = xcalloc(rows->nr, sizeof(*wanted));
	size_t i;

	for (i = 0; i < list.nr; i++)
		wanted[((const char *)list.row[i] - rows->at) / view->row_size] = true;
	free(list.row);
	return wanted;
}

static void choose_libraries(struct audited *a, const struct filter *filter)
{
	struct filter only = *filter;
	const struct library *lib;
	size_t i = 0;

	only.pids = 0;
	only.uid = NULL;
	only.cgroup = NULL;
	a->lib = choose(a->snap, LIBRARIES, &only);
	for_each(lib, a->snap, LIBRARIES) {
		a->lib[i] &= lib->cow && lib->cow != UNKNOWN;
		i++;
	}
}

static int by_pid(const void *a, const void *b)
{
	const struct holder *x = a, *y = b;

	return order(x->pid, y->pid);
}

static void choose_processes(struct audited *a, const struct filter *filter)
{
	struct filter only = filter_of_processes(filter);
	bool *wanted = choose(a->snap, PROCESSES, &only);
	const struct process *proc;
	size_t i = 0;

	a->some_processes = filter_asks_processes(filter);
	a->proc = xcalloc(a->snap->table[PROCESSES].nr, sizeof(*a->proc));
	for_each(proc, a->snap, PROCESSES)
		a->proc[a->procs++] = (struct holder){
			.pid = proc->pid, .wanted = wanted[i++] };
	qsort(a->proc, a->procs, sizeof(*a->proc), by_pid);
	free(wanted);
}

static const struct holder *find_process(const struct audited *a, uint64_t pid)
{
	const struct holder key = { .pid = pid };

	return bsearch(&key, a->proc, a->procs, sizeof(key), by_pid);
}

static int by_process(const void *a, const void *b)
{
	const struct mapping *const *x = a, *const *y = b;

	return order((*x)->pid, (*y)->pid) ?: order((*x)->start, (*y)->start);
}

static void choose_mappings(struct audited *a)
{
	const struct library *first = (void *)a->snap->table[LIBRARIES].at, *lib;
	const struct holder *proc;
	const struct mapping *map;

	a->map = xcalloc(a->snap->table[MAPPINGS].nr, sizeof(*a->map));
	for_each(map, a->snap, MAPPINGS) {
		lib = snapshot_library(a->snap, map->lib);
		proc = find_process(a, map->pid);
		if (map->cow && map->cow != UNKNOWN && lib && a->lib[lib - first] &&
		    proc && proc->wanted)
			a->map[a->maps++] = map;
	}
	qsort(a->map, a->maps, sizeof(*a->map), by_process);
}

static int by_name(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

static void find_programs(struct audited *a)
{
	const char **name = xcalloc(a->procs, sizeof(*name));
	size_t i;

	for (i = 0; i < a->procs; i++)
		name[i] = a->proc[i].wanted ? names_program(a->snap, a->proc[i].pid) : "-";
	a->exe = xcalloc(a->procs + 1, sizeof(*a->exe));
	memcpy(a->exe, name, a->procs * sizeof(*name));
	qsort(a->exe, a->procs, sizeof(*a->exe), by_name);
	for (i = 0; i < a->procs; i++)
		if (!i || strcmp(a->exe[i], a->exe[a->exes - 1]))
			a->exe[a->exes++] = a->exe[i];
	for (i = 0; i < a->procs; i++) {
		const char **found = bsearch(&name[i], a->exe, a->exes, sizeof(*a->exe), by_name);

		a->proc[i].exe = found - a->exe;
	}
	free(name);
}

/* The library that is asked for, if it is one. */
static const struct library *only_library(const struct audited *a)
{
	const struct library *lib, *only = NULL;
	size_t i = 0;

	for_each(lib, a->snap, LIBRARIES) {
		if (!a->lib[i++])
			continue;
		if (only)
			return NULL;
		only = lib;
	}
	return only;
}

/* What there is to read, as the scan counted it. */
static void count_copies(struct audited *a)
{
	size_t i;

	for (i = 0; i < a->maps; i++) {
		a->progress.cow += a->map[i]->cow;
		a->progress.procs += !i || a->map[i]->pid != a->map[i - 1]->pid;
	}
}

/**
 * audit_goes_on() - Tell how far an audit is.
 * @a: The audit.
 *
 * Return: Whether it is to go on.
 */
bool audit_goes_on(struct audited *a)
{
	a->progress.ns = clock_ns(CLOCK_MONOTONIC) - a->began;
	return a->watch->tell(a->watch->data, &a->progress);
}

/**
 * audit_fail() - Say why an audit cannot be had.
 * @a: The audit.
 * @format: As printf() has it.
 *
 * Return: false.
 */
bool audit_fail(struct audited *a, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(a->why, a->why_size, format, args);
	va_end(args);
	return false;
}

static void add_fact(struct snapshot *snap, const char *name, uint64_t value)
{
	struct fact *fact = snapshot_add(snap, ABOUT);
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	fact->name = name;
	fact->value = snapshot_keep(snap, text);
}

/* Whether the kernel merges equal pages: what its switch says, or "-" if it has none. */
static void add_ksm(struct snapshot *snap)
{
	struct fact *fact = snapshot_add(snap, ABOUT);
	FILE *run = fopen("/sys/kernel/mm/ksm/run", "re");
	char value[2] = "-";

	if (run && fread(value, 1, 1, run) != 1)
		value[0] = '-';
	if (run)
		fclose(run);
	fact->name = "audit_ksm";
	fact->value = snapshot_keep(snap, value);
}

static void add_facts(struct audited *a)
{
	const struct audit *row;
	uint64_t unread = 0, changed = 0, copies = 0;

	for_each(row, a->snap, AUDIT) {
		if (strcmp(row->section, AUDIT_ALL))
			continue;
		copies += row->copies;
		unread += row->unread;
		changed += row->changed;
	}
	add_fact(a->snap, "audit_copies", copies);
	add_fact(a->snap, "audit_unread", unread);
	add_fact(a->snap, "audit_changed", changed);
	add_fact(a->snap, "audit_ns", clock_ns(CLOCK_MONOTONIC) - a->began);
	add_fact(a->snap, "audit_pid", getpid());
	add_ksm(a->snap);
}

/* Find, read and compare; no row is added before all of it is done. */
static bool audit(struct audited *a)
{
	if (!audit_goes_on(a) || !audit_find(a) || !audit_read(a))
		return false;
	elf_add(a->snap, only_library(a));
	audit_compare(a);
	audit_rows(a);
	a->snap->has |= HAS(AUDIT) | HAS(PROGRAMS) | HAS(DISTINCT) | HAS(ABOUT);
	add_facts(a);
	return true;
}

/**
 * audit_run() - Read the copies that a snapshot counts, and compare them.
 * @snap: A snapshot of this machine, just taken, with libraries, processes, mappings and
 *        pages. The tables audit, programs and distinct are added.
 * @filter: Which libraries, and which processes.
 * @watch: Told how far it is: first of all, what it will read.
 * @why: Set to why it failed, or to nothing if it was broken off.
 * @size: Bytes of @why.
 *
 * Return: Whether the tables are there.
 */
bool audit_run(struct snapshot *snap, const struct filter *filter,
	       const struct audit_watch *watch, char *why, size_t size)
{
	struct audited a = {
		.snap = snap, .watch = watch, .why = why, .why_size = size,
		.began = clock_ns(CLOCK_MONOTONIC),
	};
	bool done;

	*why = '\0';
	choose_libraries(&a, filter);
	choose_processes(&a, filter);
	choose_mappings(&a);
	count_copies(&a);
	find_programs(&a);
	a.changed = xcalloc(snap->table[LIBRARIES].nr, sizeof(*a.changed));
	done = audit(&a);
	free(a.map);
	free(a.proc);
	free(a.exe);
	free(a.lib);
	free(a.entry);
	free(a.copy);
	free(a.changed);
	return done;
}
