// SPDX-License-Identifier: GPL-2.0-only
/* What a snapshot is made of, and how its tables find each other. */
#include <inttypes.h>

#include "data/alloc.h"
#include "data/cmdline.h"
#include "data/columns.h"
#include "data/flags.h"
#include "data/names.h"
#include "data/order.h"
#include "data/skipped.h"

#define obstack_chunk_alloc allocate
#define obstack_chunk_free free

uint64_t memory_max = 1024ull << 20;

static void *allocate(size_t size)
{
	return xrealloc(NULL, size, 1);
}

/**
 * snapshot_new() - An empty snapshot.
 *
 * Return: It, for snapshot_free().
 */
struct snapshot *snapshot_new(void)
{
	struct snapshot *snap = xcalloc(1, sizeof(*snap));

	snap->time_ns = UNKNOWN;
	memset(snap->skipped_by, 0xff, sizeof(snap->skipped_by));
	snap->duplicated = UNKNOWN;
	obstack_init(&snap->text);
	return snap;
}

/**
 * snapshot_free() - Free a snapshot and all that its rows point to.
 * @snap: The snapshot, or NULL.
 */
void snapshot_free(struct snapshot *snap)
{
	int id;

	if (!snap)
		return;
	for (id = 0; id < TABLES; id++)
		free(snap->table[id].at);
	free(snap->by_lib);
	snapshot_free(snap->also);
	obstack_free(&snap->text, NULL);
	free(snap);
}

/**
 * snapshot_text() - Memory for text of a snapshot.
 * @snap: The snapshot.
 * @size: Bytes.
 *
 * The macros of glibc 2.36 add to a null pointer, which clang's sanitizer minds.
 *
 * Return: The memory, good as long as the snapshot.
 */
__attribute__((no_sanitize("pointer-overflow")))
char *snapshot_text(struct snapshot *snap, size_t size)
{
	snap->bytes += size;
	return obstack_alloc(&snap->text, size);
}

/**
 * snapshot_keep() - A copy of a text that lives as long as a snapshot.
 * @snap: The snapshot.
 * @text: The text.
 *
 * Return: The copy.
 */
const char *snapshot_keep(struct snapshot *snap, const char *text)
{
	size_t size = strlen(text) + 1;

	return memcpy(snapshot_text(snap, size), text, size);
}

/**
 * snapshot_add() - Add a row to a table.
 * @snap: The snapshot.
 * @id: Which table.
 *
 * Return: The row, where nothing is known yet; good until the next is added.
 */
void *snapshot_add(struct snapshot *snap, enum table_id id)
{
	struct rows *rows = &snap->table[id];
	const struct view *view = &tables[id];
	const struct column *col;
	char *row;

	if (rows->nr == rows->room) {
		rows->room = rows->room ? 2 * rows->room : 64;
		rows->at = xrealloc(rows->at, rows->room, view->row_size);
	}
	snap->bytes += view->row_size;
	row = rows->at + rows->nr++ * view->row_size;
	for (col = view->columns; col->name; col++) {
		if (col->type == TEXT)
			*(const char **)(row + col->offset) = "-";
		else
			*(uint64_t *)(row + col->offset) = UNKNOWN;
	}
	return row;
}

/**
 * snapshot_join() - Take over a table of another scan.
 * @snap: The snapshot, which has no such table and took over none.
 * @also: The other one, which is freed with it.
 * @id: Which table.
 */
void snapshot_join(struct snapshot *snap, struct snapshot *also, enum table_id id)
{
	snap->table[id] = also->table[id];
	snap->absent[id] = also->absent[id];
	snap->has |= HAS(id);
	snap->also = also;
	memset(&also->table[id], 0, sizeof(also->table[id]));
	/* What either of them lacks, the whole lacks. */
	if (skipped_living(also) > skipped_living(snap)) {
		snap->skipped = also->skipped;
		memcpy(snap->skipped_by, also->skipped_by, sizeof(snap->skipped_by));
		snap->skipped_who = also->skipped_who;
	}
}

static int by_number(const void *a, const void *b)
{
	const struct library *const *x = a, *const *y = b;

	return order((*x)->lib, (*y)->lib);
}

/* Whether pages first … first + count of a file are some that a file can have. */
static bool is_range(const struct snapshot *snap, uint64_t first, uint64_t count)
{
	uint64_t most = (UINT64_MAX >> 1) / snap->page_size;

	return count && first <= most && count <= most - first;
}

static int by_place(const void *a, const void *b)
{
	const struct run *x = a, *y = b;

	return order(x->lib, y->lib) ?: order(x->first, y->first);
}

/* The module prints runs in order; nothing relies on it. */
static bool finish_runs(struct snapshot *snap, char *why, size_t size)
{
	struct rows *rows = &snap->table[PAGES];
	struct run *run = (void *)rows->at;
	size_t i;

	for (i = 1; i < rows->nr && by_place(&run[i - 1], &run[i]) < 0; i++)
		;
	if (i < rows->nr)
		qsort(run, rows->nr, sizeof(*run), by_place);
	for (i = 0; i < rows->nr; i++) {
		if (!is_range(snap, run[i].first, run[i].count)) {
			snprintf(why, size, "no file has %" PRIu64 " pages after %" PRIu64,
				 run[i].count, run[i].first);
			return false;
		}
		if (i && run[i - 1].lib == run[i].lib &&
		    run[i - 1].first + run[i - 1].count > run[i].first) {
			snprintf(why, size, "page %" PRIu64 " of library %" PRIu64 " comes twice",
				 run[i].first, run[i].lib);
			return false;
		}
	}
	return true;
}

/**
 * snapshot_runs() - The runs of pages of a library.
 * @snap: A finished snapshot.
 * @lib: The library's number.
 * @nr: Set to how many there are.
 *
 * Return: The first; the others follow, by their place in the file.
 */
const struct run *snapshot_runs(const struct snapshot *snap, uint64_t lib, size_t *nr)
{
	const struct run *run = (void *)snap->table[PAGES].at;
	size_t low = 0, high = snap->table[PAGES].nr, end = high;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (run[middle].lib < lib)
			low = middle + 1;
		else
			high = middle;
	}
	while (high < end && run[high].lib == lib)
		high++;
	*nr = high - low;
	return *nr ? run + low : NULL;
}

/**
 * snapshot_finish() - Get a snapshot that was read ready for use.
 * @snap: The snapshot; no rows are added later.
 * @why: Set to what is wrong with it, where something is.
 * @size: Bytes of @why.
 *
 * Return: Whether it makes sense.
 */
bool snapshot_finish(struct snapshot *snap, char *why, size_t size)
{
	size_t nr = snap->table[LIBRARIES].nr, i = 0;
	const struct reloc *reloc;
	struct library *lib;

	if (snap->page_size < 512 || snap->page_size > 1 << 24 ||
	    (snap->page_size & (snap->page_size - 1))) {
		snprintf(why, size, "page_size=%" PRIu64 " is none", snap->page_size);
		return false;
	}
	cmdline_join(snap);
	names_sort(snap);
	snap->by_lib = xcalloc(nr, sizeof(*snap->by_lib));
	for_each(lib, snap, LIBRARIES)
		snap->by_lib[i++] = lib;
	qsort(snap->by_lib, nr, sizeof(*snap->by_lib), by_number);
	for (i = 1; i < nr; i++) {
		if (snap->by_lib[i - 1]->lib == snap->by_lib[i]->lib) {
			snprintf(why, size, "two libraries have number %" PRIu64,
				 snap->by_lib[i]->lib);
			return false;
		}
	}
	if (!finish_runs(snap, why, size))
		return false;
	for_each(reloc, snap, RELOCS) {
		if (!is_range(snap, reloc->first, reloc->count)) {
			snprintf(why, size, "relocations in impossible pages");
			return false;
		}
	}
	flags_derive(snap);
	return true;
}

/**
 * snapshot_library() - The library with a number.
 * @snap: A finished snapshot.
 * @lib: The number.
 *
 * Return: It, or NULL when there is none.
 */
struct library *snapshot_library(const struct snapshot *snap, uint64_t lib)
{
	struct library key = { .lib = lib }, *k = &key, **found;

	found = bsearch(&k, snap->by_lib, snap->table[LIBRARIES].nr, sizeof(k),
			by_number);
	return found ? *found : NULL;
}

/**
 * snapshot_fact() - What a recording says beside its tables.
 * @snap: The snapshot.
 * @name: Name of the fact.
 *
 * Return: Its value, or NULL.
 */
const char *snapshot_fact(const struct snapshot *snap, const char *name)
{
	const struct fact *fact;

	for_each(fact, snap, ABOUT)
		if (!strcmp(fact->name, name))
			return fact->value;
	return NULL;
}

/**
 * snapshot_lacks() - Whether a table was printed without a column.
 * @snap: The snapshot.
 * @id: The table.
 * @column: Name of a column that older modules do not print.
 *
 * Return: Whether there is nothing to be known of it.
 */
bool snapshot_lacks(const struct snapshot *snap, enum table_id id, const char *column)
{
	const struct column *col = column_find(&tables[id], column, strlen(column));

	return snap->absent[id] >> (col - tables[id].columns) & 1;
}
