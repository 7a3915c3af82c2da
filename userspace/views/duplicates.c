// SPDX-License-Identifier: GPL-2.0-only
/*
 * The same library in memory twice: files that are not the same file, but have
 * the same build ID. What the second of them costs is counted page by page.
 */
#include <inttypes.h>

#include "data/alloc.h"
#include "data/columns.h"
#include "data/order.h"
#include "data/text.h"
#include "views/duplicates.h"

static const struct column duplicates[] = {
#define C(...) COLUMN(duplicate, __VA_ARGS__)
	C(group, ID, SHOWN, "files with the same number are one library"),
	C(wasted, BYTES, SHOWN, "pages here that an earlier file of the group has in memory too"),
	C(idle, BYTES, SHOWN, "of those, pages that no process maps"),
	C(cached, BYTES, SHOWN, "its pages in the page cache"),
	C(mapped, BYTES, SHOWN, "file pages that at least one process maps"),
	C(procs, COUNT, SHOWN, "processes that map it"),
	C(lib, ID, 0, "number of the library"),
	C(dev, TEXT, SHOWN, "device, major:minor"),
	C(ino, ID, IN_JSON, "inode number"),
	C(flags, TEXT, 0, "d: unlinked; s: path shortened; x: in memory more than once"),
	C(buildid, TEXT, 0, "GNU build ID, in hex"),
	C(containers, TEXT, SHOWN, "in which it is mapped; -: outside of containers"),
	C(path, TEXT, PATH, "path, as one of the processes knows it"),
	{ 0 }
#undef C
};

const struct view duplicates_view = {
	"duplicates", "the same library in memory twice (same build ID)", duplicates,
	sizeof(struct duplicate), HAS(LIBRARIES) | HAS(PAGES), NULL, NULL
};

static int by_buildid(const void *a, const void *b)
{
	const struct library *const *x = a, *const *y = b;
	int way = strcmp((*x)->buildid, (*y)->buildid);

	if (way)
		return way;
	return order((*y)->cached, (*x)->cached) ?: order((*x)->lib, (*y)->lib);
}

/* Pages from first to before end. */
struct range {
	uint64_t first, end;
};

struct ranges {
	struct range *at;
	size_t nr;
};

static int by_first(const void *a, const void *b)
{
	const struct range *x = a, *y = b;

	return order(x->first, y->first);
}

/* How many cached pages of these runs are in @seen; @idle: of those that no process maps. */
static uint64_t count_both(const struct ranges *seen, const struct run *run, size_t runs,
			   bool idle)
{
	uint64_t both = 0;
	size_t i, at = 0, j;

	for (i = 0; i < runs; i++) {
		uint64_t end = run[i].first + run[i].count;

		if (run[i].cached != 1 || (idle && run[i].sharers))
			continue;
		while (at < seen->nr && seen->at[at].end <= run[i].first)
			at++;
		for (j = at; j < seen->nr && seen->at[j].first < end; j++)
			both += (end < seen->at[j].end ? end : seen->at[j].end) -
				(run[i].first > seen->at[j].first ? run[i].first :
								    seen->at[j].first);
	}
	return both;
}

/* Add the cached pages of these runs. */
static void add_cached(struct ranges *seen, const struct run *run, size_t runs)
{
	size_t i, kept = 0;

	seen->at = xrealloc(seen->at, seen->nr + runs, sizeof(*seen->at));
	for (i = 0; i < runs; i++)
		if (run[i].cached == 1)
			seen->at[seen->nr++] = (struct range){ run[i].first,
							       run[i].first + run[i].count };
	if (!seen->nr)
		return;
	qsort(seen->at, seen->nr, sizeof(*seen->at), by_first);
	for (i = 1; i < seen->nr; i++) {
		struct range *last = &seen->at[kept], *next = &seen->at[i];

		if (next->first > last->end)
			seen->at[++kept] = *next;
		else if (next->end > last->end)
			last->end = next->end;
	}
	seen->nr = kept + 1;
}

static void add_group(const struct snapshot *snap, struct rows *rows,
		      struct library *const *lib, size_t nr, uint64_t group)
{
	struct duplicate *dup;
	struct ranges seen = { 0 };
	size_t i, runs;

	rows->at = xrealloc(rows->at, rows->nr + nr, sizeof(*dup));
	dup = (struct duplicate *)rows->at + rows->nr;
	for (i = 0; i < nr; i++) {
		const struct run *run = snapshot_runs(snap, lib[i]->lib, &runs);

		dup[i] = (struct duplicate){
			.group = group,
			.wasted = count_both(&seen, run, runs, false) * snap->page_size,
			.idle = count_both(&seen, run, runs, true) * snap->page_size,
			.containers = "-",
			.cached = lib[i]->cached, .mapped = lib[i]->mapped,
			.procs = lib[i]->procs, .lib = lib[i]->lib, .dev = lib[i]->dev,
			.ino = lib[i]->ino, .flags = lib[i]->flags,
			.buildid = lib[i]->buildid, .path = lib[i]->path,
		};
		add_cached(&seen, run, runs);
	}
	rows->nr += nr;
	free(seen.at);
}

/**
 * duplicates_find() - Find files that are the same library.
 * @snap: A snapshot with libraries, which have build IDs, and pages.
 *
 * Return: Rows of struct duplicate, group by group, the file with most
 *         pages in memory first; @at is for free().
 */
struct rows duplicates_find(const struct snapshot *snap)
{
	size_t all = snap->table[LIBRARIES].nr, nr = 0, i, end;
	struct library **lib = xcalloc(all, sizeof(*lib));
	struct rows rows = { 0 };
	uint64_t group = 0;

	for (i = 0; i < all; i++)
		if (strcmp(snap->by_lib[i]->buildid, "-") && snap->by_lib[i]->cached)
			lib[nr++] = snap->by_lib[i];
	qsort(lib, nr, sizeof(*lib), by_buildid);
	for (i = 0; i < nr; i = end) {
		for (end = i + 1; end < nr; end++)
			if (strcmp(lib[i]->buildid, lib[end]->buildid))
				break;
		if (end - i > 1)
			add_group(snap, &rows, lib + i, end - i, ++group);
	}
	free(lib);
	return rows;
}

static int by_size(const void *a, const void *b)
{
	const struct library *const *x = a, *const *y = b;

	return order((*x)->size, (*y)->size);
}

/**
 * duplicates_unknown() - Which files may be one library, and have no build ID to tell.
 * @snap: A snapshot with libraries.
 * @cached: Set to their bytes in memory.
 *
 * Return: How many; a file that has no equal in size is not one of them.
 */
uint64_t duplicates_unknown(const struct snapshot *snap, uint64_t *cached)
{
	const struct library **without, *lib;
	uint64_t files = 0;
	size_t nr = 0, i;

	*cached = 0;
	without = xcalloc(snap->table[LIBRARIES].nr, sizeof(*without));
	for_each(lib, snap, LIBRARIES)
		if (!strcmp(lib->buildid, "-") && lib->cached)
			without[nr++] = lib;
	qsort(without, nr, sizeof(*without), by_size);
	for (i = 0; i < nr; i++) {
		if ((!i || without[i]->size != without[i - 1]->size) &&
		    (i + 1 == nr || without[i]->size != without[i + 1]->size))
			continue;
		files++;
		*cached += without[i]->cached;
	}
	free(without);
	return files;
}

/**
 * duplicates_wasted() - What being in memory twice costs in all.
 * @snap: A snapshot with libraries and pages.
 *
 * Return: Bytes; UNKNOWN if there are no build IDs, or only files without one may be twice
 *         in memory.
 */
uint64_t duplicates_wasted(const struct snapshot *snap)
{
	struct rows rows;
	uint64_t sum = 0, cached;
	size_t i;

	if (snapshot_lacks(snap, LIBRARIES, "buildid"))
		return UNKNOWN;
	rows = duplicates_find(snap);
	for (i = 0; i < rows.nr; i++)
		sum += ((struct duplicate *)rows.at)[i].wasted;
	free(rows.at);
	return sum || !duplicates_unknown(snap, &cached) ? sum : UNKNOWN;
}

static void say_wins(const struct list *list, FILE *out)
{
	uint64_t wasted = 0, idle = 0;
	char size[SIZE_TEXT], part[SIZE_TEXT];
	size_t i;

	for (i = 0; i < list->nr; i++) {
		const struct duplicate *dup = list->row[i];

		wasted += dup->wasted;
		idle += dup->idle;
	}
	if (!wasted)
		return;
	fprintf(out, "\none file for each group would win back %s", text_size(wasted, size));
	if (idle)
		fprintf(out, "; no process maps %s of it, which the kernel frees when it needs memory",
			text_size(idle, part));
	fputc('\n', out);
}

/**
 * duplicates_say() - Say what sharing would win back, and what is not known, for people.
 * @snap: A snapshot with libraries.
 * @list: The rows that are shown; NULL if they are not those of duplicates.
 * @out: Where to.
 */
void duplicates_say(const struct snapshot *snap, const struct list *list, FILE *out)
{
	char size[SIZE_TEXT];
	uint64_t cached, files = duplicates_unknown(snap, &cached);

	if (list)
		say_wins(list, out);
	if (files)
		fprintf(out, "\nnot known: %" PRIu64 " files of equal sizes have no build ID (%s in memory)\n",
			files, text_size(cached, size));
}

/**
 * duplicates_members() - The same, as a member of a JSON object.
 * @snap: A snapshot with libraries.
 * @members: The members before it; freed.
 *
 * Return: All of them, for free().
 */
char *duplicates_members(const struct snapshot *snap, char *members)
{
	uint64_t cached, files = duplicates_unknown(snap, &cached);
	char *both = xasprintf("%s\"not_known\": {\"files\": %" PRIu64 ", \"cached\": %" PRIu64 "}, ",
			       members, files, cached);

	free(members);
	return both;
}
