// SPDX-License-Identifier: GPL-2.0-only
/*
 * Going through the rows of three snapshots, table by table. Pages are compared one by one.
 */
#include <inttypes.h>

#include "alloc.h"
#include "columns.h"
#include "verify_rows.h"

/* The bar of as many sharers of the same library in another snapshot. */
static const struct libshare_bar *find_bar(const struct libshare_verify_side *side,
					   const struct libshare_library *lib,
					   const struct libshare_bar *bar)
{
	struct libshare_bar key = { .sharers = bar->sharers };

	if (!lib)
		return NULL;
	key.lib = lib->lib;
	return libshare_verify_find(side->snap, LIBSHARE_HISTOGRAM, &key);
}

/* Bars of one side; those of the module only to see whether /proc has them. */
static void compare_bars(struct libshare_verify *v, const struct libshare_verify_side *side)
{
	const struct libshare_library *lib = NULL, *other[2] = { NULL };
	bool before = side == &v->before;
	const struct libshare_bar *bar;

	libshare_for_each(bar, side->snap, LIBSHARE_HISTOGRAM) {
		struct libshare_triple rows = { .before = bar, .module = bar };
		char *name;

		if (!lib || lib->lib != bar->lib) {
			lib = libshare_snapshot_library(side->snap, bar->lib);
			other[0] = libshare_verify_library(side, lib,
							   before ? &v->module : &v->before);
			other[1] = libshare_verify_library(side, lib, &v->after);
		}
		if (libshare_verify_is_passing(v, before ? other[0] : lib)) {
			v->count[LIBSHARE_HISTOGRAM].changed += before;
			continue;
		}
		rows.overlay = libshare_verify_on_overlay(lib);
		rows.after = find_bar(&v->after, other[1], bar);
		name = xasprintf("%s, %" PRIu64 " sharers", lib->path, bar->sharers);
		if (before) {
			rows.module = find_bar(&v->module, other[0], bar);
			if (rows.after)
				libshare_verify_row(v, LIBSHARE_HISTOGRAM, &rows, 1, name);
			else
				v->count[LIBSHARE_HISTOGRAM].changed++;
		} else {
			rows.before = find_bar(&v->before, other[0], bar);
			libshare_verify_extra(v, LIBSHARE_HISTOGRAM, &rows, name);
		}
		free(name);
	}
}

/* The runs of a library, gone through page by page. */
struct walk {
	const struct libshare_run *run;
	size_t nr;
};

/* The run that has page @index, or NULL; @end becomes the next page where that changes. */
static const struct libshare_run *run_at(struct walk *walk, uint64_t index, uint64_t *end)
{
	while (walk->nr && walk->run->first + walk->run->count <= index) {
		walk->run++;
		walk->nr--;
	}
	if (!walk->nr)
		return NULL;
	if (walk->run->first > index) {
		*end = walk->run->first < *end ? walk->run->first : *end;
		return NULL;
	}
	if (walk->run->first + walk->run->count < *end)
		*end = walk->run->first + walk->run->count;
	return walk->run;
}

/* Runs differ in where they end: what is compared is a page of them. */
static struct libshare_run page_of(const struct libshare_run *run,
				   const struct libshare_library *lib, uint64_t index)
{
	struct libshare_run page = { .dev = lib->dev, .ino = lib->ino, .path = lib->path };

	if (run)
		page = *run;
	page.first = index;
	page.count = 1;
	return page;
}

static void compare_pages(struct libshare_verify *v, const struct libshare_triple *libs)
{
	const struct libshare_library *lib[3] = { libs->before, libs->module, libs->after };
	const struct libshare_snapshot *snap[3] = {
		v->before.snap, v->module.snap, v->after.snap };
	struct libshare_run page[3];
	struct walk walk[3];
	uint64_t index, end;
	int i;

	for (i = 0; i < 3; i++)
		walk[i].run = libshare_snapshot_runs(snap[i], lib[i]->lib, &walk[i].nr);
	for (index = 0; walk[0].nr || walk[1].nr || walk[2].nr; index = end) {
		const struct libshare_run *run[3] = { NULL };
		struct libshare_triple rows = {
			.before = &page[0], .module = &page[1], .after = &page[2],
			.overlay = libshare_verify_on_overlay(lib[0]),
		};
		char *name;

		end = UINT64_MAX;
		for (i = 0; i < 3; i++) {
			run[i] = run_at(&walk[i], index, &end);
			page[i] = page_of(run[i], lib[i], index);
		}
		if (!run[0] && !run[1] && !run[2])
			continue;
		name = xasprintf("%s, page %" PRIu64, lib[0]->path, index);
		libshare_verify_row(v, LIBSHARE_PAGES, &rows, end - index, name);
		free(name);
	}
}

static void compare_libraries(struct libshare_verify *v)
{
	const struct libshare_library *lib;

	libshare_for_each(lib, v->before.snap, LIBSHARE_LIBRARIES) {
		struct libshare_triple rows = {
			.before = lib,
			.module = libshare_verify_library(&v->before, lib, &v->module),
			.after = libshare_verify_library(&v->before, lib, &v->after),
			.overlay = libshare_verify_on_overlay(lib),
		};

		if (!rows.after || libshare_verify_is_passing(v, rows.module)) {
			v->count[LIBSHARE_LIBRARIES].changed++;
			continue;
		}
		libshare_verify_row(v, LIBSHARE_LIBRARIES, &rows, 1, lib->path);
		if (rows.module)
			compare_pages(v, &rows);
	}
	libshare_for_each(lib, v->module.snap, LIBSHARE_LIBRARIES) {
		struct libshare_triple rows = {
			libshare_verify_library(&v->module, lib, &v->before), lib,
			libshare_verify_library(&v->module, lib, &v->after), false,
			libshare_verify_is_passing(v, lib),
		};

		libshare_verify_extra(v, LIBSHARE_LIBRARIES, &rows, lib->path);
	}
}

static void compare_processes(struct libshare_verify *v)
{
	const struct libshare_process *p;
	char name[64];

	libshare_for_each(p, v->before.snap, LIBSHARE_PROCESSES) {
		struct libshare_triple rows = {
			p, libshare_verify_find(v->module.snap, LIBSHARE_PROCESSES, p),
			libshare_verify_find(v->after.snap, LIBSHARE_PROCESSES, p), false,
			libshare_verify_maps_passing(v, p->pid),
		};

		snprintf(name, sizeof(name), "%" PRIu64 " %s", p->pid, p->comm);
		if (rows.after)
			libshare_verify_row(v, LIBSHARE_PROCESSES, &rows, 1, name);
		else
			v->count[LIBSHARE_PROCESSES].changed++;
	}
	/* One that neither saw came and went between them. */
	libshare_for_each(p, v->module.snap, LIBSHARE_PROCESSES)
		v->count[LIBSHARE_PROCESSES].changed += !libshare_verify_lives_on(v, p->pid);
}

static char *mapping_name(const struct libshare_mapping *map)
{
	return xasprintf("process %" PRIu64 " at %" PRIx64 ", %s", map->pid, map->start, map->path);
}

static void compare_mappings(struct libshare_verify *v)
{
	const struct libshare_mapping *map, *module;
	const struct libshare_library *lib;
	char *name;

	libshare_for_each(map, v->before.snap, LIBSHARE_MAPPINGS) {
		struct libshare_triple rows = { .before = map };

		module = libshare_verify_find(v->module.snap, LIBSHARE_MAPPINGS, map);
		lib = module ? libshare_snapshot_library(v->module.snap, module->lib) : NULL;
		rows.module = module;
		rows.after = libshare_verify_find(v->after.snap, LIBSHARE_MAPPINGS, map);
		rows.passing = libshare_verify_is_passing(v, lib);
		lib = libshare_snapshot_library(v->before.snap, map->lib);
		rows.overlay = libshare_verify_on_overlay(lib);
		name = mapping_name(map);
		if (rows.after)
			libshare_verify_row(v, LIBSHARE_MAPPINGS, &rows, 1, name);
		else
			v->count[LIBSHARE_MAPPINGS].changed++;
		free(name);
	}
	libshare_for_each(map, v->module.snap, LIBSHARE_MAPPINGS) {
		struct libshare_triple rows = {
			libshare_verify_find(v->before.snap, LIBSHARE_MAPPINGS, map), map,
			libshare_verify_find(v->after.snap, LIBSHARE_MAPPINGS, map), false,
			!libshare_verify_lives_on(v, map->pid),
		};

		name = mapping_name(map);
		libshare_verify_extra(v, LIBSHARE_MAPPINGS, &rows, name);
		free(name);
	}
}

/**
 * libshare_verify_compare() - Compare three snapshots.
 * @v: The snapshots; its counts are set anew.
 */
void libshare_verify_compare(struct libshare_verify *v)
{
	memset(v->count, 0, sizeof(v->count));
	libshare_verify_order(v->before.snap);
	libshare_verify_order(v->module.snap);
	libshare_verify_order(v->after.snap);
	libshare_verify_index(&v->before);
	libshare_verify_index(&v->module);
	libshare_verify_index(&v->after);
	v->module.passing = xcalloc(v->module.snap->table[LIBSHARE_LIBRARIES].nr, sizeof(bool));
	libshare_verify_mark(v, &v->before);
	libshare_verify_mark(v, &v->module);
	libshare_verify_mark(v, &v->after);
	compare_libraries(v);
	compare_bars(v, &v->before);
	compare_bars(v, &v->module);
	compare_processes(v);
	compare_mappings(v);
}

/**
 * libshare_verify_differ() - How many rows the module has otherwise than /proc.
 * @v: Snapshots that were compared.
 *
 * Return: Rows of all tables.
 */
uint64_t libshare_verify_differ(const struct libshare_verify *v)
{
	uint64_t sum = 0;
	int id;

	for (id = 0; id < LIBSHARE_VERIFY_TABLES; id++)
		sum += v->count[id].differ;
	return sum;
}

/**
 * libshare_verify_forget() - Free the snapshots, and what was told of them.
 * @v: The snapshots.
 */
void libshare_verify_forget(struct libshare_verify *v)
{
	free(v->module.passing);
	free(v->before.by_identity);
	free(v->module.by_identity);
	free(v->after.by_identity);
	libshare_snapshot_free(v->before.snap);
	libshare_snapshot_free(v->module.snap);
	libshare_snapshot_free(v->after.snap);
	while (v->nr_told)
		free(v->told[--v->nr_told]);
	memset(v, 0, sizeof(*v));
}
