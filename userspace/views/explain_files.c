// SPDX-License-Identifier: GPL-2.0-only
/* Findings about files: in memory twice, deleted, or used by one process. */
#include <inttypes.h>

#include "data/order.h"
#include "data/text.h"
#include "views/duplicates.h"
#include "views/explain_rules.h"

#define LEAST (64 << 10)	/* bytes that a finding is worth telling for */
#define SINGLES 3		/* findings about libraries of one process */

/* Whether it was this program that mapped a library, of all processes. */
static bool is_ours(const struct snapshot *snap, const struct library *lib)
{
	const char *pid = snapshot_fact(snap, "audit_pid");
	const struct mapping *map;

	if (lib->procs != 1 || !pid)
		return false;
	for_each(map, snap, MAPPINGS)
		if (map->lib == lib->lib)
			return map->pid == strtoull(pid, NULL, 10);
	return false;
}

/**
 * rule_duplicates() - Files that are one library.
 * @f: The findings.
 */
void rule_duplicates(struct findings *f)
{
	struct rows rows = duplicates_find(f->snap);
	const struct duplicate *dup = (void *)rows.at;
	size_t i, end, j;

	for (i = 0; i < rows.nr; i = end) {
		const struct duplicate *first = NULL, *other = NULL;
		struct finding finding = { 0 };
		bool asked = false;
		size_t files = 0;
		char *text;

		for (end = i; end < rows.nr && dup[end].group == dup[i].group; end++)
			;
		for (j = i; j < end; j++) {
			if (is_ours(f->snap, snapshot_library(f->snap, dup[j].lib)))
				continue;
			files++;
			finding.procs += dup[j].procs;
			asked |= findings_asks(f, dup[j].lib);
			/* One of them has to stay. */
			if (first) {
				finding.wins += dup[j].wasted;
				other = other ?: &dup[j];
			} else {
				first = &dup[j];
			}
		}
		if (!asked || !other || finding.wins < LEAST)
			continue;
		finding.lib = first->lib;
		finding.path = first->path;
		text = xasprintf("%zu files are one library: %s and %s%s", files, first->path,
				 other->path, files > 2 ? ", …" : "");
		findings_add(f, "duplicate", finding, text,
			     "Make them one file: hard-link them, or let containers share the layer that has it.");
	}
	free(rows.at);
}

/* A file of memory never had a name that could be deleted. */
static bool is_deleted(const struct library *lib)
{
	return strchr(lib->flags, 'd') && strncmp(lib->path, "/memfd:", strlen("/memfd:"));
}

/**
 * rule_deleted() - Processes that still run what was deleted.
 * @f: The findings.
 */
void rule_deleted(struct findings *f)
{
	const struct library *lib;
	char *pids;

	for_each(lib, f->snap, LIBRARIES) {
		if (!is_deleted(lib) || lib->cached < LEAST ||
		    !findings_asks(f, lib->lib))
			continue;
		pids = findings_pids(f->snap, lib->lib);
		findings_add(f, "deleted", (struct finding){
			.wins = lib->cached, .procs = lib->procs, .lib = lib->lib,
			.path = lib->path },
			xasprintf("%" PRIu64 " processes (%s) run %s, which was deleted",
				  lib->procs, pids, lib->path),
			"Restart them: an update has replaced the file.");
		free(pids);
	}
}

static uint64_t takes(const struct library *lib)
{
	return lib->mapped + lib->cow_unique;
}

/**
 * rule_single() - Libraries that only one process maps.
 * @f: The findings.
 */
void rule_single(struct findings *f)
{
	const struct library *lib, *best, *last = NULL;
	char *pids;
	int told;

	for (told = 0; told < SINGLES; told++) {
		best = NULL;
		for_each(lib, f->snap, LIBRARIES)
			if (lib->procs == 1 && !strcmp(lib->kind, "lib") && !is_deleted(lib) &&
			    !is_ours(f->snap, lib) && findings_asks(f, lib->lib) &&
			    takes(lib) >= LEAST &&
			    (!last || takes(lib) < takes(last) ||
			     (takes(lib) == takes(last) && lib > last)) &&
			    (!best || takes(lib) > takes(best)))
				best = lib;
		if (!best)
			return;
		last = best;
		pids = findings_pids(f->snap, best->lib);
		findings_add(f, "single", (struct finding){
			.wins = takes(best), .procs = 1, .lib = best->lib, .path = best->path },
			xasprintf("only process %s maps %s", pids, best->path),
			"Do not load it, if it is not needed; or link what is needed of it statically.");
		free(pids);
	}
}

static int by_place(const void *a, const void *b)
{
	const struct mapping *const *x = a, *const *y = b;

	return order((*x)->lib, (*y)->lib) ?:
	       order((*x)->pid, (*y)->pid) ?:
	       order((*x)->start, (*y)->start);
}

/* Bytes between two mappings of text that the file's pages between them would fill. */
static uint64_t hole(const struct mapping *before, const struct mapping *after)
{
	if (before->lib != after->lib || before->pid != after->pid ||
	    before->end >= after->start ||
	    after->start - before->start != after->offset - before->offset)
		return 0;
	return after->start - before->end;
}

/* All text, by library and by process. */
static const struct mapping **texts(const struct findings *f, size_t *nr)
{
	const struct mapping **text =
		xcalloc(f->snap->table[MAPPINGS].nr, sizeof(*text)), *map;

	*nr = 0;
	for_each(map, f->snap, MAPPINGS)
		if (strchr(map->perms, 'x') && findings_asks(f, map->lib))
			text[(*nr)++] = map;
	qsort(text, *nr, sizeof(*text), by_place);
	return text;
}

/**
 * rule_moved_text() - Text that is in memory of a process's own.
 * @f: The findings.
 *
 * Programs that move their text to huge pages leave a hole in the mapping of the file.
 */
void rule_moved_text(struct findings *f)
{
	size_t nr, i, end;
	const struct mapping **text = texts(f, &nr);
	char size[SIZE_TEXT];

	for (i = 0; i < nr; i = end) {
		uint64_t sum = 0, most = 0, procs = 0, last = UNKNOWN, bytes;

		for (end = i + 1; end < nr && text[end]->lib == text[i]->lib; end++) {
			bytes = hole(text[end - 1], text[end]);
			sum += bytes;
			most = bytes > most ? bytes : most;
			procs += bytes && text[end]->pid != last;
			if (bytes)
				last = text[end]->pid;
		}
		/* The file's pages would be there once. */
		if (sum < most + LEAST)
			continue;
		findings_add(f, "moved-text", (struct finding){
			.wins = sum - most, .procs = procs, .lib = text[i]->lib,
			.path = text[i]->path },
			xasprintf("%" PRIu64 " processes have text of %s that is not in the mapping of the file, %s in all",
				  procs, text[i]->path, text_size(sum, size)),
			"If they moved it to huge pages, each has its own: let the file system map large folios instead.");
	}
	free(text);
}
