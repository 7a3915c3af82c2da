// SPDX-License-Identifier: GPL-2.0-only
/* Which sections of a library were copied, and why: attribute.c decides that. */
#include "alloc.h"
#include "sections.h"

/* What a section was charged with, for each cause. */
struct charges {
	struct {
		uint64_t cow, cow_unique, pages;
	} by[LIBSHARE_CAUSES];
};

struct charging {
	const struct libshare_snapshot *snap;
	const struct libshare_library *lib;
	struct libshare_attribution a;
	struct charges *part;	/* of each section, and of what belongs to none */
	uint64_t *share;
};

/* Charge the copies of @pages pages that are all like page @at. */
static void charge(struct charging *c, uint64_t at, uint64_t pages, uint64_t copies, bool unique)
{
	uint64_t bytes = copies * c->snap->page_size;
	size_t i;

	libshare_attribution_page(&c->a, at);
	if (c->a.shares)
		libshare_attribution_split(&c->a, bytes, c->share);
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
		next = libshare_attribution_next(&c->a, at);
		if (next > end)
			next = end;
		charge(c, at, next - at, (next - at) * copies, unique);
	}
}

static void add_row(struct libshare_rows *rows, const struct charging *c,
		    struct libshare_section section)
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

static void add_rows(struct libshare_rows *rows, const struct charging *c, bool unique)
{
	size_t i;
	int cause;

	for (i = 0; i <= c->a.parts; i++) {
		const struct libshare_part *part = i < c->a.parts ? &c->a.part[i] : NULL;

		for (cause = 0; cause < LIBSHARE_CAUSES; cause++) {
			if (!c->part[i].by[cause].pages)
				continue;
			add_row(rows, c, (struct libshare_section){
				.section = part ? part->elf->section : "-",
				.cause = libshare_causes[cause],
				.cow = c->part[i].by[cause].cow,
				.cow_unique = unique ? c->part[i].by[cause].cow_unique :
						       LIBSHARE_UNKNOWN,
				.pages = c->part[i].by[cause].pages,
				.relocs = part && !c->a.blind ? part->relocs : LIBSHARE_UNKNOWN,
				.size = part ? part->elf->size : LIBSHARE_UNKNOWN });
		}
	}
}

/* Charge the distinct copies, if an audit has counted them. */
static bool charge_distinct(struct charging *c)
{
	const struct libshare_distinct *run;
	bool any = false;

	libshare_for_each(run, c->snap, LIBSHARE_DISTINCT) {
		if (run->lib != c->lib->lib)
			continue;
		charge_run(c, run->first, run->count, run->copies, true);
		any = true;
	}
	return any;
}

static void attribute(struct libshare_rows *rows, const struct libshare_snapshot *snap,
		      const struct libshare_headers *headers, const struct libshare_library *lib)
{
	struct charging c = { .snap = snap, .lib = lib };
	const struct libshare_run *run;
	size_t nr, i;

	libshare_attribution_begin(&c.a, headers, lib->lib);
	c.part = xcalloc(c.a.parts + 1, sizeof(*c.part));
	c.share = xcalloc(c.a.parts + 1, sizeof(*c.share));
	run = libshare_snapshot_runs(snap, lib->lib, &nr);
	for (i = 0; i < nr; i++)
		if (run[i].copies && run[i].copies != LIBSHARE_UNKNOWN)
			charge_run(&c, run[i].first, run[i].count, run[i].copies, false);
	add_rows(rows, &c, charge_distinct(&c));
	libshare_attribution_end(&c.a);
	free(c.part);
	free(c.share);
}

/**
 * libshare_sections_find() - Charge copies to ELF sections.
 * @snap: A snapshot with libraries and pages, and what is known of the ELF files.
 * @only: Only this library; NULL: all.
 *
 * Return: Rows of struct libshare_section, library by library; @at is for free().
 */
struct libshare_rows libshare_sections_find(const struct libshare_snapshot *snap,
					    const struct libshare_library *only)
{
	struct libshare_headers *headers = libshare_headers_index(snap);
	const struct libshare_library *lib;
	struct libshare_rows rows = { 0 };

	libshare_for_each(lib, snap, LIBSHARE_LIBRARIES)
		if (lib->cow && (!only || lib == only))
			attribute(&rows, snap, headers, lib);
	libshare_headers_free(headers);
	return rows;
}
