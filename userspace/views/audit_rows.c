// SPDX-License-Identifier: GPL-2.0-only
/* From copies that were compared to rows: of each library, section and program. */
#include <inttypes.h>

#include "data/alloc.h"
#include "data/attribute.h"
#include "data/order.h"
#include "views/audit_copies.h"

#define SOME_PIDS 8

/* What is counted of a section, or of what a program has of it. */
struct tally {
	uint64_t class[CLASSES];
	uint64_t alone, cow, shared, ksm, one_address, zygote;
};

/* Sets of processes, of a section. */
enum set {
	SET_ALL = CLASSES,
	SET_FORK,
	SET_ADDRESS,
	SETS,
};

struct counting {
	struct audited *a;
	const struct library *lib;
	size_t index;			/* of its row */
	struct attribution at;
	uint64_t *share;
	size_t parts;			/* sections, what belongs to none, and all together */
	struct tally *tally;		/* of each part */
	uint64_t *set[SETS];		/* bits of processes, of each part */
	size_t words;			/* of a set */
	uint32_t *exe;			/* programs that have copies: index of those of @a */
	size_t exes;
	uint32_t *exe_of;		/* of those of @a: index in @exe */
	struct tally *by_exe;		/* of each part and program */
	uint64_t *exe_set;		/* bits of processes, of each part and program */
};

static void set_add(uint64_t *sets, size_t words, size_t number, uint32_t proc)
{
	sets[number * words + proc / 64] |= 1ull << proc % 64;
}

static uint64_t set_count(const uint64_t *sets, size_t words, size_t number)
{
	uint64_t nr = 0;
	size_t i;

	for (i = 0; i < words; i++)
		nr += __builtin_popcountll(sets[number * words + i]);
	return nr;
}

static void add_copy(struct tally *t, const struct copy *copy, uint64_t bytes,
		     uint64_t holders, bool alone)
{
	t->class[copy->class] += bytes;
	t->alone += alone && copy->class == CLASS_DIFFERENT ? bytes : 0;
	t->cow += bytes * copy->entries;
	t->shared += holders > 1 ? bytes * copy->entries : 0;
	t->ksm += copy->to_merge ? bytes : 0;
	t->one_address += copy->at_one_address ? bytes : 0;
	t->zygote += copy->to_fork ? bytes : 0;
}

/* Count a copy's share in a part: of a section, or of the whole library. */
static void count_in(struct counting *c, size_t part, const struct copy *copy,
		     uint64_t bytes, uint64_t holders, bool alone)
{
	const struct entry *entry = &c->a->entry[copy->entry];
	size_t exe = part * c->exes + c->exe_of[copy->exe], i;

	add_copy(&c->tally[part], copy, bytes, holders, alone);
	add_copy(&c->by_exe[exe], copy, bytes, holders, alone);
	for (i = 0; i < copy->entries; i++) {
		set_add(c->set[copy->class], c->words, part, entry[i].proc);
		set_add(c->set[SET_ALL], c->words, part, entry[i].proc);
		if (copy->would_fork)
			set_add(c->set[SET_FORK], c->words, part, entry[i].proc);
		if (copy->class == CLASS_EQUAL || copy->class == CLASS_RELOCATED)
			set_add(c->set[SET_ADDRESS], c->words, part, entry[i].proc);
		set_add(c->exe_set, c->words, exe, entry[i].proc);
	}
}

static uint64_t holders_of(const struct audited *a, const struct copy *copy)
{
	const struct entry *entry = &a->entry[copy->entry];
	uint64_t nr = 1;
	size_t i;

	for (i = 1; i < copy->entries; i++)
		nr += entry[i].proc != entry[i - 1].proc;
	return nr;
}

/* Count the copies of one page. */
static void count_page(struct counting *c, const struct copy *copy, size_t nr)
{
	uint64_t size = c->a->snap->page_size;
	size_t i, j;

	attribution_page(&c->at, copy->page);
	if (c->at.shares)
		attribution_split(&c->at, size, c->share);
	for (i = 0; i < nr; i++) {
		uint64_t holders = holders_of(c->a, &copy[i]);

		for (j = 0; j < c->at.shares; j++)
			count_in(c, c->at.share[j].part, &copy[i], c->share[j], holders, nr == 1);
		if (!c->at.shares)
			count_in(c, c->at.parts, &copy[i], size, holders, nr == 1);
		count_in(c, c->parts - 1, &copy[i], size, holders, nr == 1);
	}
}

static const char *part_name(const struct counting *c, size_t part)
{
	if (part == c->parts - 1)
		return AUDIT_ALL;
	return part < c->at.parts ? c->at.part[part].elf->section : "-";
}

/* What the scan counted and is gone could not be read. */
static void set_changed(const struct counting *c, struct audit *row)
{
	uint64_t counted = c->lib->cow_unique;

	if (c->a->some_processes || counted == UNKNOWN) {
		row->changed = c->a->changed[c->index];
	} else if (row->copies < counted) {
		row->changed = counted - row->copies;
		row->unread += row->changed;
		row->copies = counted;
	} else {
		row->changed = row->copies - counted;
	}
}

static void add_row(struct counting *c, size_t part)
{
	const struct tally *t = &c->tally[part];
	struct audit *row = snapshot_add(c->a->snap, AUDIT);
	int class;

	*row = (struct audit){
		.lib = c->lib->lib, .section = part_name(c, part), .path = c->lib->path,
		.in_file = t->class[CLASS_IN_FILE],
		.equal = t->class[CLASS_EQUAL],
		.relocated = t->class[CLASS_RELOCATED],
		.different = t->class[CLASS_DIFFERENT],
		.unread = t->class[CLASS_UNREAD],
		.alone = t->alone, .cow = t->cow, .shared = t->shared, .ksm = t->ksm,
		.one_address = t->one_address, .zygote = t->zygote,
		.procs = set_count(c->set[SET_ALL], c->words, part),
		.in_file_procs = set_count(c->set[CLASS_IN_FILE], c->words, part),
		.equal_procs = set_count(c->set[CLASS_EQUAL], c->words, part),
		.relocated_procs = set_count(c->set[CLASS_RELOCATED], c->words, part),
		.different_procs = set_count(c->set[CLASS_DIFFERENT], c->words, part),
		.unread_procs = set_count(c->set[CLASS_UNREAD], c->words, part),
		.one_address_procs = set_count(c->set[SET_ADDRESS], c->words, part),
		.zygote_procs = set_count(c->set[SET_FORK], c->words, part),
	};
	for (class = 0; class < CLASSES; class++)
		row->copies += t->class[class];
	if (part == c->parts - 1)
		set_changed(c, row);
}

/* A few of the processes in a set, as text. */
static const char *some_pids(struct counting *c, const uint64_t *set)
{
	char text[SOME_PIDS * 24] = "", *out = text;
	size_t nr = 0, i;

	for (i = 0; i < c->a->procs; i++) {
		if (!(set[i / 64] >> i % 64 & 1))
			continue;
		if (nr++ == SOME_PIDS) {
			sprintf(out, ",…");
			break;
		}
		out += sprintf(out, "%s%" PRIu64, nr > 1 ? "," : "", c->a->proc[i].pid);
	}
	return snapshot_keep(c->a->snap, text);
}

static void add_groups(struct counting *c, size_t part)
{
	struct program *row;
	size_t i;
	int class;

	for (i = 0; i < c->exes; i++) {
		size_t at = part * c->exes + i;
		const struct tally *t = &c->by_exe[at];

		if (!t->cow)
			continue;
		row = snapshot_add(c->a->snap, PROGRAMS);
		*row = (struct program){
			.lib = c->lib->lib, .section = part_name(c, part),
			.procs = set_count(c->exe_set, c->words, at),
			.cow = t->cow, .shared = t->shared, .zygote = t->zygote, .equal = t->ksm,
			.pids = some_pids(c, c->exe_set + at * c->words),
			.exe = c->a->exe[c->exe[i]],
		};
		for (class = 0; class < CLASSES; class++)
			row->copies += t->class[class];
	}
}

/* Runs of pages with as many distinct copies. */
static void add_distinct(struct snapshot *snap, const struct library *lib,
			 uint64_t page, size_t nr)
{
	struct rows *rows = &snap->table[DISTINCT];
	struct distinct *run = (void *)rows->at;

	if (rows->nr) {
		run += rows->nr - 1;
		if (run->lib == lib->lib && run->copies == nr && run->first + run->count == page) {
			run->count++;
			return;
		}
	}
	run = snapshot_add(snap, DISTINCT);
	*run = (struct distinct){ .lib = lib->lib, .first = page, .count = 1,
					   .copies = nr, .path = lib->path };
}

static void begin(struct counting *c, const struct headers *headers,
		  const struct copy *copy, size_t nr)
{
	size_t i;
	int set;

	attribution_begin(&c->at, headers, c->lib->lib);
	c->parts = c->at.parts + 2;
	c->share = xcalloc(c->parts, sizeof(*c->share));
	c->tally = xcalloc(c->parts, sizeof(*c->tally));
	c->words = c->a->procs / 64 + 1;
	for (set = 0; set < SETS; set++)
		c->set[set] = xcalloc(c->parts * c->words, sizeof(**c->set));
	c->exe = xcalloc(c->a->exes, sizeof(*c->exe));
	c->exe_of = xcalloc(c->a->exes, sizeof(*c->exe_of));
	for (i = 0; i < nr; i++) {
		if (c->exe_of[copy[i].exe])
			continue;
		c->exe[c->exes++] = copy[i].exe;
		c->exe_of[copy[i].exe] = c->exes;
	}
	for (i = 0; i < c->exes; i++)
		c->exe_of[c->exe[i]] = i;
	c->by_exe = xcalloc(c->parts * c->exes, sizeof(*c->by_exe));
	c->exe_set = xcalloc(c->parts * c->exes * c->words, sizeof(*c->exe_set));
}

static void end(struct counting *c)
{
	int set;

	attribution_end(&c->at);
	for (set = 0; set < SETS; set++)
		free(c->set[set]);
	free(c->share);
	free(c->tally);
	free(c->exe);
	free(c->exe_of);
	free(c->by_exe);
	free(c->exe_set);
}

static void count_library(struct audited *a, const struct headers *headers,
			  size_t index, const struct copy *copy, size_t nr)
{
	const struct library *first = (void *)a->snap->table[LIBRARIES].at;
	struct counting c = { .a = a, .lib = first + index, .index = index };
	size_t i, next, part;

	begin(&c, headers, copy, nr);
	for (i = 0; i < nr; i = next) {
		for (next = i + 1; next < nr && copy[next].page == copy[i].page; next++)
			;
		count_page(&c, copy + i, next - i);
		add_distinct(a->snap, c.lib, copy[i].page, next - i);
	}
	add_row(&c, c.parts - 1);
	add_groups(&c, c.parts - 1);
	for (part = 0; part < c.parts - 1; part++) {
		if (!c.tally[part].cow)
			continue;
		add_row(&c, part);
		add_groups(&c, part);
	}
	end(&c);
}

/* A library, and where its copies are. */
struct place {
	const struct library *lib;
	size_t index, at, nr;
};

static int by_copies(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return order(y->lib->cow_unique, x->lib->cow_unique) ?: order(x->lib->lib, y->lib->lib);
}

/**
 * audit_rows() - Add an audit's tables to its snapshot.
 * @a: The audit, with its copies compared.
 *
 * Libraries with most copies come first.
 */
void audit_rows(struct audited *a)
{
	const struct library *first = (void *)a->snap->table[LIBRARIES].at;
	size_t nr = a->snap->table[LIBRARIES].nr, i, at = 0;
	struct headers *headers = headers_index(a->snap);
	struct place *place = xcalloc(nr, sizeof(*place));

	for (i = 0; i < nr; i++) {
		place[i] = (struct place){ .lib = first + i, .index = i, .at = at };
		for (; at < a->copies && a->copy[at].lib == i; at++)
			place[i].nr++;
	}
	qsort(place, nr, sizeof(*place), by_copies);
	for (i = 0; i < nr; i++)
		if (a->lib[place[i].index])
			count_library(a, headers, place[i].index, a->copy + place[i].at,
				      place[i].nr);
	free(place);
	headers_free(headers);
}
