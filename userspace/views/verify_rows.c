// SPDX-License-Identifier: GPL-2.0-only
/*
 * Going through the rows of three snapshots, table by table. Pages are compared one by one.
 */
#include <inttypes.h>

#include "data/alloc.h"
#include "data/columns.h"
#include "views/verify_rows.h"

/* The bar of as many sharers of the same library in another snapshot. */
static const struct bar *find_bar(const struct verify_side *side,
				  const struct library *lib,
				  const struct bar *bar)
{
	struct bar key = { .sharers = bar->sharers };

	if (!lib)
		return NULL;
	key.lib = lib->lib;
	return verify_find(side->snap, HISTOGRAM, &key);
}

/* Bars of one side; those of the module only to see whether /proc has them. */
static void compare_bars(struct verify *v, const struct verify_side *side)
{
	const struct library *lib = NULL, *other[2] = { NULL };
	bool before = side == &v->before;
	const struct bar *bar;

	for_each(bar, side->snap, HISTOGRAM) {
		struct triple rows = { .before = bar, .module = bar };
		char *name;

		if (!lib || lib->lib != bar->lib) {
			lib = snapshot_library(side->snap, bar->lib);
			other[0] = verify_library(side, lib,
						  before ? &v->module : &v->before);
			other[1] = verify_library(side, lib, &v->after);
		}
		if (verify_is_passing(v, before ? other[0] : lib)) {
			v->count[HISTOGRAM].changed += before;
			continue;
		}
		rows.overlay = verify_on_overlay(lib);
		rows.after = find_bar(&v->after, other[1], bar);
		name = xasprintf("%s, %" PRIu64 " sharers", lib->path, bar->sharers);
		if (before) {
			rows.module = find_bar(&v->module, other[0], bar);
			if (rows.after)
				verify_row(v, HISTOGRAM, &rows, 1, name);
			else
				v->count[HISTOGRAM].changed++;
		} else {
			rows.before = find_bar(&v->before, other[0], bar);
			verify_extra(v, HISTOGRAM, &rows, name);
		}
		free(name);
	}
}

/* The runs of a library, gone through page by page. */
struct walk {
	const struct run *run;
	size_t nr;
};

/* The run that has page @index, or NULL; @end becomes the next page where that changes. */
static const struct run *run_at(struct walk *walk, uint64_t index, uint64_t *end)
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
static struct run page_of(const struct run *run,
			  const struct library *lib, uint64_t index)
{
	struct run page = { .dev = lib->dev, .ino = lib->ino, .path = lib->path };

	if (run)
		page = *run;
	page.first = index;
	page.count = 1;
	return page;
}

static void compare_pages(struct verify *v, const struct triple *libs)
{
	const struct library *lib[3] = { libs->before, libs->module, libs->after };
	const struct snapshot *snap[3] = {
		v->before.snap, v->module.snap, v->after.snap };
	struct run page[3];
	struct walk walk[3];
	uint64_t index, end;
	int i;

	for (i = 0; i < 3; i++)
		walk[i].run = snapshot_runs(snap[i], lib[i]->lib, &walk[i].nr);
	for (index = 0; walk[0].nr || walk[1].nr || walk[2].nr; index = end) {
		const struct run *run[3] = { NULL };
		struct triple rows = {
			.before = &page[0], .module = &page[1], .after = &page[2],
			.overlay = verify_on_overlay(lib[0]),
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
		verify_row(v, PAGES, &rows, end - index, name);
		free(name);
	}
}

static void compare_libraries(struct verify *v)
{
	const struct library *lib;

	for_each(lib, v->before.snap, LIBRARIES) {
		struct triple rows = {
			.before = lib,
			.module = verify_library(&v->before, lib, &v->module),
			.after = verify_library(&v->before, lib, &v->after),
			.overlay = verify_on_overlay(lib),
		};

		if (!rows.after || verify_is_passing(v, rows.module)) {
			v->count[LIBRARIES].changed++;
			continue;
		}
		verify_row(v, LIBRARIES, &rows, 1, lib->path);
		if (rows.module)
			compare_pages(v, &rows);
	}
	for_each(lib, v->module.snap, LIBRARIES) {
		struct triple rows = {
			verify_library(&v->module, lib, &v->before), lib,
			verify_library(&v->module, lib, &v->after), false,
			verify_is_passing(v, lib),
		};

		verify_extra(v, LIBRARIES, &rows, lib->path);
	}
}

static void compare_processes(struct verify *v)
{
	const struct process *p;
	char name[64];

	for_each(p, v->before.snap, PROCESSES) {
		struct triple rows = {
			p, verify_find(v->module.snap, PROCESSES, p),
			verify_find(v->after.snap, PROCESSES, p), false,
			verify_maps_passing(v, p->pid),
		};

		snprintf(name, sizeof(name), "%" PRIu64 " %s", p->pid, p->comm);
		if (rows.after)
			verify_row(v, PROCESSES, &rows, 1, name);
		else
			v->count[PROCESSES].changed++;
	}
	/* One that neither saw came and went between them. */
	for_each(p, v->module.snap, PROCESSES)
		v->count[PROCESSES].changed += !verify_lives_on(v, p->pid);
}

static char *mapping_name(const struct mapping *map)
{
	return xasprintf("process %" PRIu64 " at %" PRIx64 ", %s", map->pid, map->start, map->path);
}

static void compare_mappings(struct verify *v)
{
	const struct mapping *map, *module;
	const struct library *lib;
	char *name;

	for_each(map, v->before.snap, MAPPINGS) {
		struct triple rows = { .before = map };

		module = verify_find(v->module.snap, MAPPINGS, map);
		lib = module ? snapshot_library(v->module.snap, module->lib) : NULL;
		rows.module = module;
		rows.after = verify_find(v->after.snap, MAPPINGS, map);
		rows.passing = verify_is_passing(v, lib);
		lib = snapshot_library(v->before.snap, map->lib);
		rows.overlay = verify_on_overlay(lib);
		name = mapping_name(map);
		if (rows.after)
			verify_row(v, MAPPINGS, &rows, 1, name);
		else
			v->count[MAPPINGS].changed++;
		free(name);
	}
	for_each(map, v->module.snap, MAPPINGS) {
		struct triple rows = {
			verify_find(v->before.snap, MAPPINGS, map), map,
			verify_find(v->after.snap, MAPPINGS, map), false,
			!verify_lives_on(v, map->pid),
		};

		name = mapping_name(map);
		verify_extra(v, MAPPINGS, &rows, name);
		free(name);
	}
}

/**
 * verify_compare() - Compare three snapshots.
 * @v: The snapshots; its counts are set anew.
 */
void verify_compare(struct verify *v)
{
	memset(v->count, 0, sizeof(v->count));
	verify_order(v->before.snap);
	verify_order(v->module.snap);
	verify_order(v->after.snap);
	verify_index(&v->before);
	verify_index(&v->module);
	verify_index(&v->after);
	v->module.passing = xcalloc(v->module.snap->table[LIBRARIES].nr, sizeof(bool));
	verify_mark(v, &v->before);
	verify_mark(v, &v->module);
	verify_mark(v, &v->after);
	compare_libraries(v);
	compare_bars(v, &v->before);
	compare_bars(v, &v->module);
	compare_processes(v);
	compare_mappings(v);
}

/**
 * verify_differ() - How many rows the module has otherwise than /proc.
 * @v: Snapshots that were compared.
 *
 * Return: Rows of all tables.
 */
uint64_t verify_differ(const struct verify *v)
{
	uint64_t sum = 0;
	int id;

	for (id = 0; id < VERIFY_TABLES; id++)
		sum += v->count[id].differ;
	return sum;
}

/**
 * verify_forget() - Free the snapshots, and what was told of them; not what differed.
 * @v: The snapshots.
 */
void verify_forget(struct verify *v)
{
	free(v->module.passing);
	free(v->before.by_identity);
	free(v->module.by_identity);
	free(v->after.by_identity);
	snapshot_free(v->before.snap);
	snapshot_free(v->module.snap);
	snapshot_free(v->after.snap);
	while (v->nr_told)
		free(v->told[--v->nr_told]);
	memset(&v->before, 0, sizeof(v->before));
	memset(&v->module, 0, sizeof(v->module));
	memset(&v->after, 0, sizeof(v->after));
}
