/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A machine as plain lists of who maps what, from which every number is
 * counted the slow and obvious way.
 */
#ifndef LIBSHARE_UNIT_MODEL_H
#define LIBSHARE_UNIT_MODEL_H

#include "snapshot.h"
#include "test.h"

#define MODEL_LIBRARIES 3
#define MODEL_PROCESSES 5
#define MODEL_MAPPINGS 6
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

static void model_reset(void)
{
	memset(model, 0, sizeof(model));
	model_rows = 0;
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

/* Entries that hold what row @r holds at @i; or, with @processes, who does. */
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
}

#endif
