// SPDX-License-Identifier: GPL-2.0-only
/* Mappings put together; see uses.h. */
#include "data/alloc.h"
#include "data/order.h"
#include "views/uses.h"

static const struct column users[] = {
#define C(...) COLUMN(use, __VA_ARGS__)
	C(pid, ID, SHOWN, "process id"),
	C(cow, BYTES, SHOWN, "private copies (copy-on-write)"),
	C(cow_shared, BYTES, SHOWN, "of those, copies shared with another process"),
	C(rss, BYTES, SHOWN, "file pages that are mapped"),
	C(shared, BYTES, SHOWN, "of those, pages that another process maps as well"),
	C(pss, BYTES, SHOWN, "proportional share of file pages and copies"),
	C(swap, BYTES, SHOWN, "copies that are swapped out"),
	C(maps, COUNT, SHOWN, "mappings (VMAs)"),
	C(comm, TEXT, PATH, "name of the process"),
	{ 0 }
#undef C
};

static const struct column uses[] = {
#define C(...) COLUMN(use, __VA_ARGS__)
	C(cow, BYTES, SHOWN, "private copies (copy-on-write)"),
	C(cow_shared, BYTES, SHOWN, "of those, copies shared with another process"),
	C(rss, BYTES, SHOWN, "file pages that are mapped"),
	C(shared, BYTES, SHOWN, "of those, pages that another process maps as well"),
	C(pss, BYTES, SHOWN, "proportional share of file pages and copies"),
	C(swap, BYTES, SHOWN, "copies that are swapped out"),
	C(maps, COUNT, SHOWN, "mappings (VMAs)"),
	C(dev, TEXT, 0, "device, major:minor"),
	C(ino, ID, 0, "inode number"),
	C(path, TEXT, PATH, "path of the library"),
	{ 0 }
#undef C
};

static const struct column segments[] = {
#define C(...) COLUMN(segment, __VA_ARGS__)
	C(offset, HEX, SHOWN, "offset in the file"),
	C(perms, TEXT, SHOWN, "rights, as in /proc/PID/maps"),
	C(segment, TEXT, SHOWN, "text, data, relro, rodata or none"),
	C(cow, BYTES, SHOWN, "private copies (copy-on-write)"),
	C(cow_shared, BYTES, SHOWN, "of those, copies shared with another process"),
	C(rss, BYTES, SHOWN, "file pages that are mapped"),
	C(shared, BYTES, SHOWN, "of those, pages that another process maps as well"),
	C(pss, BYTES, SHOWN, "proportional share of file pages and copies"),
	C(swap, BYTES, SHOWN, "copies that are swapped out"),
	C(size, BYTES, SHOWN, "size of the mapping"),
	C(procs, COUNT, SHOWN, "mappings that are alike"),
	{ 0 }
#undef C
};

const struct view users_view = {
	"users", "processes that map the library", users, sizeof(struct use), 0, "cow",
	"pss"
};

const struct view uses_view = {
	"uses", "libraries that the process maps", uses, sizeof(struct use), 0, "pss",
	"pss"
};

const struct view segments_view = {
	"segments", "parts of the library", segments, sizeof(struct segment), 0, NULL,
	"pss"
};

static void *add_row(struct rows *rows, size_t size)
{
	if (rows->nr == rows->room) {
		rows->room = rows->room ? 2 * rows->room : 64;
		rows->at = xrealloc(rows->at, rows->room, size);
	}
	return memset(rows->at + rows->nr++ * size, 0, size);
}

#define ADD_AMOUNTS(to, map) do {			\
	(to)->rss += (map)->rss;			\
	(to)->shared += (map)->shared;			\
	(to)->cow += (map)->cow;			\
	(to)->cow_shared += (map)->cow_shared;		\
	(to)->swap += (map)->swap;			\
	(to)->pss += (map)->pss;			\
} while (0)

static const char *comm_of(const struct snapshot *snap, uint64_t pid)
{
	const struct process *proc;

	for_each(proc, snap, PROCESSES)
		if (proc->pid == pid)
			return proc->comm;
	return "-";
}

static void add_use(struct rows *rows, const struct snapshot *snap,
		    const struct mapping *map)
{
	struct use *use = NULL;
	size_t i = rows->nr;

	/* A process's mappings follow each other: mostly, it is the last row. */
	while (i && !use) {
		use = (struct use *)rows->at + --i;
		if (use->pid != map->pid || use->lib != map->lib)
			use = NULL;
	}
	if (!use) {
		use = add_row(rows, sizeof(*use));
		use->pid = map->pid;
		use->lib = map->lib;
		use->comm = comm_of(snap, map->pid);
		use->path = map->path;
		use->dev = map->dev;
		use->ino = map->ino;
	}
	use->maps++;
	ADD_AMOUNTS(use, map);
}

/**
 * users_find() - The processes that map a library.
 * @snap: A snapshot with mappings and processes.
 * @lib: The library's number.
 *
 * Return: Rows of struct use; @at is for free().
 */
struct rows users_find(const struct snapshot *snap, uint64_t lib)
{
	const struct mapping *map;
	struct rows rows = { 0 };

	for_each(map, snap, MAPPINGS)
		if (map->lib == lib)
			add_use(&rows, snap, map);
	return rows;
}

/**
 * uses_find() - The libraries that a process maps.
 * @snap: A snapshot with mappings and processes.
 * @pid: The process.
 *
 * Return: Rows of struct use; @at is for free().
 */
struct rows uses_find(const struct snapshot *snap, uint64_t pid)
{
	const struct mapping *map;
	struct rows rows = { 0 };

	for_each(map, snap, MAPPINGS)
		if (map->pid == pid)
			add_use(&rows, snap, map);
	return rows;
}

static bool is_alike(const struct segment *seg, const struct mapping *map)
{
	return seg->offset == map->offset && seg->size == map->end - map->start &&
	       !strcmp(seg->perms, map->perms) && !strcmp(seg->segment, map->segment);
}

static int by_offset(const void *a, const void *b)
{
	const struct segment *x = a, *y = b;

	return order(x->offset, y->offset) ?: strcmp(x->perms, y->perms);
}

/**
 * segments_find() - The parts of a library as processes map them.
 * @snap: A snapshot with mappings.
 * @lib: The library's number.
 *
 * Return: Rows of struct segment, by offset; @at is for free().
 */
struct rows segments_find(const struct snapshot *snap, uint64_t lib)
{
	const struct mapping *map;
	struct rows rows = { 0 };

	for_each(map, snap, MAPPINGS) {
		struct segment *seg = (void *)rows.at;
		size_t i;

		if (map->lib != lib)
			continue;
		for (i = 0; i < rows.nr && !is_alike(seg, map); i++)
			seg++;
		if (i == rows.nr) {
			seg = add_row(&rows, sizeof(*seg));
			seg->offset = map->offset;
			seg->size = map->end - map->start;
			seg->perms = map->perms;
			seg->segment = map->segment;
		}
		seg->procs++;
		ADD_AMOUNTS(seg, map);
	}
	if (rows.nr)
		qsort(rows.at, rows.nr, sizeof(struct segment), by_offset);
	return rows;
}
