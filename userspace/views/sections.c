// SPDX-License-Identifier: GPL-2.0-only
/* Which sections of a library were copied, and why: attribute.c decides that. */
#include "data/alloc.h"
#include "data/columns.h"
#include "views/sections.h"

static const struct column sections[] = {
#define C(...) COLUMN(section, __VA_ARGS__)
	C(lib, ID, 0, "number of the library"),
	C(section, TEXT, SHOWN, "ELF section"),
	C(cause, TEXT, SHOWN, "the first write: relocation, bss, data, text or unknown"),
	C(cow, BYTES, SHOWN, "private copies made there, summed over processes"),
	C(cow_unique, BYTES, 0, "distinct copies made there; shown if an audit counted them"),
	C(pages, COUNT, SHOWN, "pages of the file that have copies there"),
	C(relocs, COUNT, SHOWN, "relocations that the loader applies in the section"),
	C(size, BYTES, SHOWN, "size of the section in the file"),
	C(procs, COUNT, 0, "processes that map the library"),
	C(note, TEXT, SHOWN, "why it is not exact; see libshare-top(8)"),
	C(path, TEXT, PATH, "path of the library"),
	{ 0 }
#undef C
};

const struct view sections_view = {
	"sections", "which parts of a library were copied, and why", sections,
	sizeof(struct section), HAS(LIBRARIES) | HAS(MAPPINGS) | HAS(PAGES), "cow", NULL
};

/* What a section was charged with, for each cause. */
struct charges {
	struct {
		uint64_t cow, cow_unique, pages;
	} by[CAUSES];
};

struct charging {
	const struct snapshot *snap;
	const struct library *lib;
	struct attribution a;
	struct charges *part;	/* of each section, and of what belongs to none */
	uint64_t *share;
};

/* Charge the copies of @pages pages that are all like page @at. */
static void charge(struct charging *c, uint64_t at, uint64_t pages, uint64_t copies, bool unique)
{
	uint64_t bytes = copies * c->snap->page_size;
	size_t i;

	attribution_page(&c->a, at);
	if (c->a.shares)
		attribution_split(&c->a, bytes, c->share);
	else
		c->share[0] = bytes;
	for (i = 0; i < c->a.shares || !i; i++) {
		size_t part = c->a.shares ? c->a.share[i].part : c->a.parts;

		if (unique) {
			c->part[part].by[c->a.cause].cow_unique += c->share[i];
		} else {
			c->part[part].by[c->a.cause].cow += c->share[i];
			c->part[part].by[c->a.cause].pages += pages;
		}
	}
}

/* Charge the copies of a run, piece by piece of pages that are alike. */
static void charge_run(struct charging *c, uint64_t at, uint64_t count, uint64_t copies,
		       bool unique)
{
	uint64_t end = at + count, next;

	for (; at < end; at = next) {
		next = attribution_next(&c->a, at);
		if (next > end)
			next = end;
		charge(c, at, next - at, (next - at) * copies, unique);
	}
}

static void add_row(struct rows *rows, const struct charging *c, struct section section)
{
	if (rows->nr == rows->room) {
		rows->room = rows->room ? 2 * rows->room : 64;
		rows->at = xrealloc(rows->at, rows->room, sizeof(section));
	}
	section.lib = c->lib->lib;
	section.procs = c->lib->procs;
	section.path = c->lib->path;
	section.note = c->a.note;
	section.forked = c->lib->cow_unique < c->lib->cow;
	memcpy(rows->at + rows->nr++ * sizeof(section), &section, sizeof(section));
}

static void add_rows(struct rows *rows, const struct charging *c, bool unique)
{
	size_t i;
	int cause;

	for (i = 0; i <= c->a.parts; i++) {
		const struct part *part = i < c->a.parts ? &c->a.part[i] : NULL;

		for (cause = 0; cause < CAUSES; cause++) {
			if (!c->part[i].by[cause].pages)
				continue;
			add_row(rows, c, (struct section){
				.section = part ? part->elf->section : "-",
				.cause = causes[cause],
				.cow = c->part[i].by[cause].cow,
				.cow_unique = unique ? c->part[i].by[cause].cow_unique :
						       UNKNOWN,
				.pages = c->part[i].by[cause].pages,
				.relocs = part && !c->a.blind ? part->relocs : UNKNOWN,
				.size = part ? part->elf->size : UNKNOWN });
		}
	}
}

/* Charge the distinct copies, if an audit has counted them. */
static bool charge_distinct(struct charging *c)
{
	const struct distinct *run;
	bool any = false;

	for_each(run, c->snap, DISTINCT) {
		if (run->lib != c->lib->lib)
			continue;
		charge_run(c, run->first, run->count, run->copies, true);
		any = true;
	}
	return any;
}

static void attribute(struct rows *rows, const struct snapshot *snap,
		      const struct headers *headers, const struct library *lib)
{
	struct charging c = { .snap = snap, .lib = lib };
	const struct run *run;
	size_t nr, i;

	attribution_begin(&c.a, headers, lib->lib);
	c.part = xcalloc(c.a.parts + 1, sizeof(*c.part));
	c.share = xcalloc(c.a.parts + 1, sizeof(*c.share));
	run = snapshot_runs(snap, lib->lib, &nr);
	for (i = 0; i < nr; i++)
		if (run[i].copies && run[i].copies != UNKNOWN)
			charge_run(&c, run[i].first, run[i].count, run[i].copies, false);
	add_rows(rows, &c, charge_distinct(&c));
	attribution_end(&c.a);
	free(c.part);
	free(c.share);
}

/**
 * sections_find() - Charge copies to ELF sections.
 * @snap: A snapshot with libraries and pages, and what is known of the ELF files.
 * @only: Only this library; NULL: all.
 *
 * Return: Rows of struct section, library by library; @at is for free().
 */
struct rows sections_find(const struct snapshot *snap, const struct library *only)
{
	struct headers *headers = headers_index(snap);
	const struct library *lib;
	struct rows rows = { 0 };

	for_each(lib, snap, LIBRARIES)
		if (lib->cow && (!only || lib == only))
			attribute(&rows, snap, headers, lib);
	headers_free(headers);
	return rows;
}
