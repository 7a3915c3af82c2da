// SPDX-License-Identifier: GPL-2.0-only
/*
 * The audit: what is in the copies that a scan has counted, and how many of them are
 * equal. It reads the memory of other processes, so it is run only when asked for.
 */
#include <inttypes.h>
#include <limits.h>
#include <time.h>
#include <unistd.h>

#include "alloc.h"
#include "audit.h"
#include "audit_copies.h"
#include "elffile.h"
#include "text.h"

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000ull + time.tv_nsec;
}

/* Which rows of a table are asked for. */
static bool *choose(const struct libshare_snapshot *snap, enum libshare_table_id id,
		    const struct libshare_filter *filter)
{
	const struct libshare_view *view = &libshare_tables[id];
	const struct libshare_rows *rows = &snap->table[id];
	struct libshare_list list = libshare_list_make(snap, view, rows, filter);
	bool *wanted = xcalloc(rows->nr, sizeof(*wanted));
	size_t i;

	for (i = 0; i < list.nr; i++)
		wanted[((const char *)list.row[i] - rows->at) / view->row_size] = true;
	free(list.row);
	return wanted;
}

static void choose_libraries(struct libshare_audited *a, const struct libshare_filter *filter)
{
	struct libshare_filter only = *filter;
	const struct libshare_library *lib;
	size_t i = 0;

	only.pid = LIBSHARE_UNKNOWN;
	only.cgroup = NULL;
	a->lib = choose(a->snap, LIBSHARE_LIBRARIES, &only);
	libshare_for_each(lib, a->snap, LIBSHARE_LIBRARIES) {
		a->lib[i] &= lib->cow && lib->cow != LIBSHARE_UNKNOWN;
		i++;
	}
}

static int by_pid(const void *a, const void *b)
{
	const struct libshare_holder *x = a, *y = b;

	return (x->pid > y->pid) - (x->pid < y->pid);
}

static void choose_processes(struct libshare_audited *a, const struct libshare_filter *filter)
{
	struct libshare_filter only = { .pid = filter->pid, .cgroup = filter->cgroup };
	bool *wanted = choose(a->snap, LIBSHARE_PROCESSES, &only);
	const struct libshare_process *proc;
	size_t i = 0;

	a->some_processes = filter->pid != LIBSHARE_UNKNOWN || filter->cgroup;
	a->proc = xcalloc(a->snap->table[LIBSHARE_PROCESSES].nr, sizeof(*a->proc));
	libshare_for_each(proc, a->snap, LIBSHARE_PROCESSES)
		a->proc[a->procs++] = (struct libshare_holder){
			.pid = proc->pid, .wanted = wanted[i++] };
	qsort(a->proc, a->procs, sizeof(*a->proc), by_pid);
	free(wanted);
}

static const struct libshare_holder *find_process(const struct libshare_audited *a, uint64_t pid)
{
	const struct libshare_holder key = { .pid = pid };

	return bsearch(&key, a->proc, a->procs, sizeof(key), by_pid);
}

static int by_process(const void *a, const void *b)
{
	const struct libshare_mapping *const *x = a, *const *y = b;

	if ((*x)->pid != (*y)->pid)
		return (*x)->pid < (*y)->pid ? -1 : 1;
	return ((*x)->start > (*y)->start) - ((*x)->start < (*y)->start);
}

static void choose_mappings(struct libshare_audited *a)
{
	const struct libshare_library *first = (void *)a->snap->table[LIBSHARE_LIBRARIES].at, *lib;
	const struct libshare_holder *proc;
	const struct libshare_mapping *map;

	a->map = xcalloc(a->snap->table[LIBSHARE_MAPPINGS].nr, sizeof(*a->map));
	libshare_for_each(map, a->snap, LIBSHARE_MAPPINGS) {
		lib = libshare_snapshot_library(a->snap, map->lib);
		proc = find_process(a, map->pid);
		if (map->cow && map->cow != LIBSHARE_UNKNOWN && lib && a->lib[lib - first] &&
		    proc && proc->wanted)
			a->map[a->maps++] = map;
	}
	qsort(a->map, a->maps, sizeof(*a->map), by_process);
}

/* Which program a process runs, safe to show. */
static const char *program_of(struct libshare_snapshot *snap, uint64_t pid)
{
	static const char deleted[] = " (deleted)";
	char *link = xasprintf("/proc/%" PRIu64 "/exe", pid), path[PATH_MAX], *text;
	ssize_t len = readlink(link, path, sizeof(path));

	free(link);
	if (len <= 0)
		return "-";
	if ((size_t)len > strlen(deleted) &&
	    !memcmp(path + len - strlen(deleted), deleted, strlen(deleted)))
		len -= strlen(deleted);
	text = libshare_snapshot_text(snap, libshare_text_clean(path, len, NULL) + 1);
	text[libshare_text_clean(path, len, text)] = '\0';
	return text;
}

static int by_name(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

static void find_programs(struct libshare_audited *a)
{
	const char **name = xcalloc(a->procs, sizeof(*name));
	size_t i;

	for (i = 0; i < a->procs; i++)
		name[i] = a->proc[i].wanted ? program_of(a->snap, a->proc[i].pid) : "-";
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
static const struct libshare_library *only_library(const struct libshare_audited *a)
{
	const struct libshare_library *lib, *only = NULL;
	size_t i = 0;

	libshare_for_each(lib, a->snap, LIBSHARE_LIBRARIES) {
		if (!a->lib[i++])
			continue;
		if (only)
			return NULL;
		only = lib;
	}
	return only;
}

/* On a terminal, say what is read, before it is. */
static void announce(const struct libshare_audited *a)
{
	uint64_t cow = 0, procs = 0;
	char size[LIBSHARE_SIZE_TEXT];
	size_t i;

	if (!a->progress || !isatty(fileno(a->progress)))
		return;
	for (i = 0; i < a->maps; i++) {
		cow += a->map[i]->cow;
		procs += !i || a->map[i]->pid != a->map[i - 1]->pid;
	}
	fprintf(a->progress, "libshare-top: reading the copies that %" PRIu64 " processes hold (%s, each once)\n",
		procs, libshare_text_size(cow, size));
}

static void add_fact(struct libshare_snapshot *snap, const char *name, uint64_t value)
{
	struct libshare_fact *fact = libshare_snapshot_add(snap, LIBSHARE_ABOUT);
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	fact->name = name;
	fact->value = libshare_snapshot_keep(snap, text);
}

/* Whether the kernel merges equal pages: what its switch says, or "-" if it has none. */
static void add_ksm(struct libshare_snapshot *snap)
{
	struct libshare_fact *fact = libshare_snapshot_add(snap, LIBSHARE_ABOUT);
	FILE *run = fopen("/sys/kernel/mm/ksm/run", "re");
	char value[2] = "-";

	if (run && fread(value, 1, 1, run) != 1)
		value[0] = '-';
	if (run)
		fclose(run);
	fact->name = "audit_ksm";
	fact->value = libshare_snapshot_keep(snap, value);
}

static void add_facts(struct libshare_audited *a, uint64_t began)
{
	const struct libshare_audit *row;
	uint64_t unread = 0, changed = 0, copies = 0;

	libshare_for_each(row, a->snap, LIBSHARE_AUDIT) {
		if (strcmp(row->section, LIBSHARE_AUDIT_ALL))
			continue;
		copies += row->copies;
		unread += row->unread;
		changed += row->changed;
	}
	add_fact(a->snap, "audit_copies", copies);
	add_fact(a->snap, "audit_unread", unread);
	add_fact(a->snap, "audit_changed", changed);
	add_fact(a->snap, "audit_ns", now() - began);
	add_fact(a->snap, "audit_pid", getpid());
	add_ksm(a->snap);
}

/**
 * libshare_audit_run() - Read the copies that a snapshot counts, and compare them.
 * @snap: A snapshot of this machine, just taken, with libraries, processes, mappings and
 *        pages. The tables audit, programs and distinct are added.
 * @filter: Which libraries, and which processes.
 * @progress: Where to tell how far it is; NULL: nowhere.
 */
void libshare_audit_run(struct libshare_snapshot *snap, const struct libshare_filter *filter,
			FILE *progress)
{
	struct libshare_audited a = { .snap = snap, .progress = progress };
	uint64_t began = now();

	choose_libraries(&a, filter);
	choose_processes(&a, filter);
	choose_mappings(&a);
	announce(&a);
	find_programs(&a);
	a.changed = xcalloc(snap->table[LIBSHARE_LIBRARIES].nr, sizeof(*a.changed));
	libshare_audit_find(&a);
	libshare_audit_read(&a);
	libshare_elf_add(snap, only_library(&a));
	libshare_audit_compare(&a);
	libshare_audit_rows(&a);
	snap->has |= LIBSHARE_HAS(LIBSHARE_AUDIT) | LIBSHARE_HAS(LIBSHARE_PROGRAMS) |
		     LIBSHARE_HAS(LIBSHARE_DISTINCT) | LIBSHARE_HAS(LIBSHARE_ABOUT);
	add_facts(&a, began);
	free(a.map);
	free(a.proc);
	free(a.exe);
	free(a.lib);
	free(a.entry);
	free(a.copy);
	free(a.changed);
}

static const char *fact(const struct libshare_snapshot *snap, const char *name)
{
	return libshare_snapshot_fact(snap, name) ?: "0";
}

/**
 * libshare_audit_member() - What an audit read, as a member of a JSON object.
 * @snap: A snapshot with an audit.
 *
 * Return: The text, for free().
 */
char *libshare_audit_member(const struct libshare_snapshot *snap)
{
	return xasprintf("\"audit_totals\": {\"copies\": %s, \"unread\": %s, \"changed\": %s, \"ns\": %s}, ",
			 fact(snap, "audit_copies"), fact(snap, "audit_unread"),
			 fact(snap, "audit_changed"), fact(snap, "audit_ns"));
}

/**
 * libshare_audit_say() - Say what an audit read, for people.
 * @snap: A snapshot with an audit.
 * @out: Where to.
 */
void libshare_audit_say(const struct libshare_snapshot *snap, FILE *out)
{
	uint64_t copies = strtoull(fact(snap, "audit_copies"), NULL, 10);
	uint64_t unread = strtoull(fact(snap, "audit_unread"), NULL, 10);
	uint64_t changed = strtoull(fact(snap, "audit_changed"), NULL, 10);
	double seconds = strtod(fact(snap, "audit_ns"), NULL) / 1e9;
	char size[3][LIBSHARE_SIZE_TEXT];

	fprintf(out, "%s of distinct copies, read in %.2f s; %s not read; %s changed since the scan\n",
		libshare_text_size(copies, size[0]), seconds, libshare_text_size(unread, size[1]),
		libshare_text_size(changed, size[2]));
}
