/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A machine as plain lists of which process maps what, from which every number is
 * counted the slow and obvious way.
 */
#ifndef LIBSHARE_UNIT_MODEL_H
#define LIBSHARE_UNIT_MODEL_H

#include "snapshot.h"
#include "test.h"

#define MODEL_LIBRARIES 3
#define MODEL_PROCESSES 5
#define MODEL_MAPPINGS 6
#define MODEL_CGROUPS 3
#define MODEL_ROWS (MODEL_PROCESSES * MODEL_MAPPINGS)
#define MODEL_PAGES 256
/* What every number of owners up to MODEL_ROWS divides. */
#define MODEL_LCM 2329089562800ULL

struct model_row {
	u32 library, process;
	bool file[MODEL_PAGES];
	u64 copy[MODEL_PAGES];	/* 1 + page frame, or 0 */
};

static struct model_row model[MODEL_ROWS];
static u32 model_rows;
/* Of pages in the page cache: 1 + the group that pays, or MODEL_FREE; 0: not cached. */
static u32 model_payer[MODEL_LIBRARIES][MODEL_PAGES];
#define MODEL_FREE (MODEL_CGROUPS + 1)

static void model_reset(void)
{
	memset(model, 0, sizeof(model));
	memset(model_payer, 0, sizeof(model_payer));
	model_rows = 0;
}

static u32 model_cgroup(u32 process)
{
	return process % 2;
}

static bool model_maps(u32 library, u64 i)
{
	for (const struct model_row *r = model; r < model + model_rows; r++)
		if (r->library == library && r->file[i])
			return true;
	return false;
}

/* @cgroup below 0: it is cached, and no group pays. */
static void model_charge(u32 library, u64 i, int cgroup)
{
	model_payer[library][i] = cgroup < 0 ? MODEL_FREE : cgroup + 1;
}

static void model_mapping(u32 library, u32 process)
{
	model[model_rows].library = library;
	model[model_rows++].process = process;
}

static void model_file(u64 index)
{
	model[model_rows - 1].file[index] = true;
}

static void model_copy(u64 index, u64 pfn)
{
	model[model_rows - 1].copy[index] = pfn + 1;
}

/* Entries that hold what row @r holds at @i; or, with @processes, how many processes do. */
static u32 model_owners(const struct model_row *r, u64 i, bool processes)
{
	bool seen[MODEL_PROCESSES] = { false };
	u32 n = 0;

	for (const struct model_row *other = model; other < model + model_rows; other++) {
		if (other->library != r->library || other->file[i] != r->file[i] ||
		    other->copy[i] != r->copy[i] || (!r->file[i] && !r->copy[i]))
			continue;
		if (processes && seen[other->process])
			continue;
		seen[other->process] = true;
		n++;
	}
	return n;
}

/* Is @r the first row, of its process if @of_process, that holds this? */
static bool model_is_first(const struct model_row *r, u64 i, bool of_process)
{
	for (const struct model_row *o = model; o < r; o++)
		if (o->library == r->library && o->file[i] == r->file[i] &&
		    o->copy[i] == r->copy[i] && (!of_process || o->process == r->process))
			return false;
	return true;
}

static void model_compare_row(struct libshare_snapshot *snap, u32 nr, u128 *pss)
{
	const struct libshare_mapping *map = libshare_mapping_at(snap, nr);
	const struct model_row *r = &model[nr];
	u64 rss = 0, shared = 0, cow = 0, cow_shared = 0;
	u128 sum = 0;

	for (u64 i = 0; i < MODEL_PAGES; i++) {
		if (!r->file[i] && !r->copy[i])
			continue;
		sum += MODEL_LCM / model_owners(r, i, false) * (u128)PAGE_SIZE;
		rss += r->file[i];
		cow += r->copy[i] > 0;
		shared += r->file[i] && model_owners(r, i, true) > 1;
		cow_shared += r->copy[i] && model_owners(r, i, true) > 1;
	}
	CHECK_EQ(map->rss, rss);
	CHECK_EQ(map->shared, shared);
	CHECK_EQ(map->cow, cow);
	CHECK_EQ(map->cow_shared, cow_shared);
	CHECK_EQ(libshare_share_bytes(&map->pss), (u64)(sum / MODEL_LCM));
	pss[r->process] += sum;
}

static void model_compare_process(struct libshare_snapshot *snap, u32 process,
				  u128 pss)
{
	const struct libshare_process *proc = libshare_process_at(snap, process);
	u64 rss = 0, private = 0;

	for (const struct model_row *r = model; r < model + model_rows; r++) {
		for (u64 i = 0; i < MODEL_PAGES && r->process == process; i++) {
			if ((!r->file[i] && !r->copy[i]) || !model_is_first(r, i, true))
				continue;
			rss += r->file[i];
			private += model_owners(r, i, true) == 1;
		}
	}
	CHECK_EQ(proc->rss, rss);
	CHECK_EQ(proc->private, private);
	CHECK_EQ(libshare_share_bytes(&proc->pss), (u64)(pss / MODEL_LCM));
}

static void model_compare_library(struct libshare_snapshot *snap, u32 library)
{
	const struct libshare_library *lib = libshare_library_at(snap, library);
	u64 mapped = 0, shared = 0, rss = 0, cow = 0, cow_unique = 0, mapcount_max = 0;

	for (const struct model_row *r = model; r < model + model_rows; r++) {
		for (u64 i = 0; i < MODEL_PAGES && r->library == library; i++) {
			bool first = model_is_first(r, i, false);

			cow += r->copy[i] > 0;
			cow_unique += r->copy[i] && first;
			if (!r->file[i] || !first)
				continue;
			mapped++;
			shared += model_owners(r, i, true) > 1;
			rss += model_owners(r, i, true);
			if (mapcount_max < model_owners(r, i, false))
				mapcount_max = model_owners(r, i, false);
		}
	}
	CHECK_EQ(lib->mapped, mapped);
	CHECK_EQ(lib->shared, shared);
	CHECK_EQ(lib->rss, rss);
	CHECK_EQ(lib->cow, cow);
	CHECK_EQ(lib->cow_unique, cow_unique);
	CHECK_EQ(lib->mapcount_max, mapcount_max);
}

/* Does a process of the group (of another group, if @others) hold this? */
static bool model_held(const struct model_row *r, u64 i, u32 cgroup, bool others)
{
	for (const struct model_row *o = model; o < model + model_rows; o++)
		if (o->library == r->library && o->file[i] == r->file[i] &&
		    o->copy[i] == r->copy[i] && (model_cgroup(o->process) == cgroup) != others)
			return true;
	return false;
}

/* The first row of the group that holds what row @r holds. */
static bool model_is_first_of_group(const struct model_row *r, u64 i, u32 cgroup)
{
	for (const struct model_row *o = model; o < r; o++)
		if (o->library == r->library && o->file[i] == r->file[i] &&
		    o->copy[i] == r->copy[i] && model_cgroup(o->process) == cgroup)
			return false;
	return true;
}

/* What the processes of a group map of a library. */
static void model_use_rows(u32 library, u32 cgroup, struct libshare_use *use, u128 *pss)
{
	bool seen[MODEL_PROCESSES] = { false };

	for (const struct model_row *r = model; r < model + model_rows; r++) {
		if (r->library != library || model_cgroup(r->process) != cgroup)
			continue;
		use->procs += !seen[r->process];
		seen[r->process] = true;
		for (u64 i = 0; i < MODEL_PAGES; i++) {
			bool first = model_is_first_of_group(r, i, cgroup);

			if (!r->file[i] && !r->copy[i])
				continue;
			*pss += MODEL_LCM / model_owners(r, i, false) * (u128)PAGE_SIZE;
			use->rss += r->file[i] && model_is_first(r, i, true);
			use->cow += r->copy[i] > 0;
			use->cow_unique += r->copy[i] && first;
			use->private += first && !model_held(r, i, cgroup, true);
			if (!r->file[i] || !first)
				continue;
			use->mapped++;
			use->borrowed += model_payer[library][i] != cgroup + 1;
		}
	}
}

/* What a group, or none, pays for. */
static void model_use_charges(u32 library, u32 cgroup, struct libshare_use *use)
{
	for (u64 i = 0; i < MODEL_PAGES; i++) {
		struct model_row file = { .library = library };
		bool late = !model_payer[library][i] && model_maps(library, i);

		file.file[i] = true;
		if (model_payer[library][i] != cgroup + 1 && !(late && cgroup + 1 == MODEL_FREE))
			continue;
		use->charged++;
		use->idle += !model_maps(library, i);
		use->lent += model_maps(library, i) && !model_held(&file, i, cgroup, false);
	}
}

static void model_compare_use(struct libshare_snapshot *snap, u32 library, u32 cgroup)
{
	struct libshare_use want = { 0 }, none = { 0 };
	const struct libshare_use *got = &none, *row;
	u128 pss = 0;
	u32 found = 0;

	for (u64 i = 0; i < snap->uses.nr; i++) {
		row = libshare_rows_at(&snap->uses, i);
		if (row->library != library ||
		    (row->cgroup ? row->cgroup->id : MODEL_FREE) != cgroup + 1)
			continue;
		got = row;
		found++;
	}
	model_use_rows(library, cgroup, &want, &pss);
	model_use_charges(library, cgroup, &want);
	CHECK_EQ(found, want.procs || want.charged);
	CHECK_EQ(got->procs, want.procs);
	CHECK_EQ(got->rss, want.rss);
	CHECK_EQ(got->mapped, want.mapped);
	CHECK_EQ(got->charged, want.charged);
	CHECK_EQ(got->lent, want.lent);
	CHECK_EQ(got->borrowed, want.borrowed);
	CHECK_EQ(got->idle, want.idle);
	CHECK_EQ(got->private, want.private);
	CHECK_EQ(got->cow, want.cow);
	CHECK_EQ(got->cow_unique, want.cow_unique);
	CHECK_EQ(libshare_share_bytes(&got->pss), (u64)(pss / MODEL_LCM));
}

static inline void model_compare_libraries(struct libshare_snapshot *snap)
{
	for (u32 i = 0; i < MODEL_LIBRARIES; i++)
		model_compare_library(snap, i);
}

static inline void model_compare(struct libshare_snapshot *snap)
{
	u128 pss[MODEL_PROCESSES] = { 0 };

	for (u32 i = 0; i < model_rows; i++)
		model_compare_row(snap, i, pss);
	for (u32 i = 0; i < MODEL_PROCESSES; i++)
		model_compare_process(snap, i, pss[i]);
	model_compare_libraries(snap);
	for (u32 i = 0; i < MODEL_LIBRARIES; i++)
		for (u32 cgroup = 0; cgroup <= MODEL_CGROUPS; cgroup++)
			model_compare_use(snap, i, cgroup);
}

#endif
