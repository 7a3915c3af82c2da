// SPDX-License-Identifier: GPL-2.0-only
/*
 * The same library in memory twice: files that are not the same file, but have
 * the same build ID. What the second of them costs is counted page by page.
 */
#include <inttypes.h>

#include "data/alloc.h"
#include "data/columns.h"
#include "data/text.h"
#include "views/duplicates.h"

static const struct column duplicates[] = {
#define C(...) COLUMN(duplicate, __VA_ARGS__)
	C(group, ID, SHOWN, "files with the same number are one library"),
	C(wasted, BYTES, SHOWN, "pages here that an earlier file of the group has in memory too"),
	C(cached, BYTES, SHOWN, "its pages in the page cache"),
	C(mapped, BYTES, SHOWN, "file pages that at least one process maps"),
	C(procs, COUNT, SHOWN, "processes that map it"),
	C(lib, ID, 0, "number of the library"),
	C(dev, TEXT, SHOWN, "device, major:minor"),
	C(ino, ID, IN_JSON, "inode number"),
	C(flags, TEXT, 0, "d: unlinked; s: path shortened; x: in memory more than once"),
	C(buildid, TEXT, 0, "GNU build ID, in hex"),
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
	if ((*x)->cached != (*y)->cached)
		return (*x)->cached < (*y)->cached ? 1 : -1;
	return ((*x)->lib > (*y)->lib) - ((*x)->lib < (*y)->lib);
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

	return (x->first > y->first) - (x->first < y->first);
}

/* Add the cached pages of @lib to @seen; how many of them were in it before. */
static uint64_t add_cached(const struct snapshot *snap, struct ranges *seen,
			   const struct library *lib)
{
	uint64_t both = 0;
	size_t runs, i, kept = 0;
	const struct run *run = snapshot_runs(snap, lib->lib, &runs);

	seen->at = xrealloc(seen->at, seen->nr + runs, sizeof(*seen->at));
	for (i = 0; i < runs; i++)
		if (run[i].cached == 1)
			seen->at[seen->nr++] = (struct range){ run[i].first,
							       run[i].first + run[i].count };
	if (!seen->nr)
		return 0;
	/* Neither side overlaps itself, so that what overlaps is in both. */
	qsort(seen->at, seen->nr, sizeof(*seen->at), by_first);
	for (i = 1; i < seen->nr; i++) {
		struct range *last = &seen->at[kept], *next = &seen->at[i];

		if (next->first >= last->end) {
			seen->at[++kept] = *next;
			continue;
		}
		both += (next->end < last->end ? next->end : last->end) - next->first;
		if (next->end > last->end)
			last->end = next->end;
	}
	seen->nr = kept + 1;
	return both;
}

static void add_group(const struct snapshot *snap, struct rows *rows,
		      struct library *const *lib, size_t nr, uint64_t group)
{
	struct duplicate *dup;
	struct ranges seen = { 0 };
	size_t i;

	rows->at = xrealloc(rows->at, rows->nr + nr, sizeof(*dup));
	dup = (struct duplicate *)rows->at + rows->nr;
	for (i = 0; i < nr; i++) {
		dup[i] = (struct duplicate){
			.group = group,
			.wasted = add_cached(snap, &seen, lib[i]) * snap->page_size,
			.cached = lib[i]->cached, .mapped = lib[i]->mapped,
			.procs = lib[i]->procs, .lib = lib[i]->lib, .dev = lib[i]->dev,
			.ino = lib[i]->ino, .flags = lib[i]->flags,
			.buildid = lib[i]->buildid, .path = lib[i]->path,
		};
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

/**
 * duplicates_wasted() - What being in memory twice costs in all.
 * @snap: A snapshot with libraries and pages.
 *
 * Return: Bytes; UNKNOWN where there are no build IDs.
 */
uint64_t duplicates_wasted(const struct snapshot *snap)
{
	struct rows rows;
	uint64_t sum = 0;
	size_t i;

	if (snapshot_lacks(snap, LIBRARIES, "buildid"))
		return UNKNOWN;
	rows = duplicates_find(snap);
	for (i = 0; i < rows.nr; i++)
		sum += ((struct duplicate *)rows.at)[i].wasted;
	free(rows.at);
	return sum;
}

/* Whether there is another file without a build ID that has as many bytes. */
static bool has_twin(const struct snapshot *snap, const struct library *lib)
{
	const struct library *other;

	for_each(other, snap, LIBRARIES)
		if (other != lib && other->size == lib->size && !strcmp(other->buildid, "-"))
			return true;
	return false;
}

/* How many files may be one library, without a build ID; those of one size alone are not. */
static uint64_t count_unknown(const struct snapshot *snap, uint64_t *cached)
{
	const struct library *lib;
	uint64_t files = 0;

	*cached = 0;
	for_each(lib, snap, LIBRARIES) {
		if (strcmp(lib->buildid, "-") || !lib->cached || !has_twin(snap, lib))
			continue;
		files++;
		*cached += lib->cached;
	}
	return files;
}

/**
 * duplicates_say() - Say what is not known of duplicates, for people.
 * @snap: A snapshot with libraries.
 * @out: Where to.
 */
void duplicates_say(const struct snapshot *snap, FILE *out)
{
	char size[SIZE_TEXT];
	uint64_t cached, files = count_unknown(snap, &cached);

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
	uint64_t cached, files = count_unknown(snap, &cached);
	char *both = xasprintf("%s\"not_known\": {\"files\": %" PRIu64 ", \"cached\": %" PRIu64 "}, ",
			       members, files, cached);

	free(members);
	return both;
}
