// SPDX-License-Identifier: GPL-2.0-only
/* Mappings put together; see uses.h. */
#include "alloc.h"
#include "uses.h"

#define SHOWN LIBSHARE_SHOWN
#define PATH LIBSHARE_PATH

static const struct libshare_column users[] = {
#define C(...) LIBSHARE_COLUMN(libshare_use, __VA_ARGS__)
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

static const struct libshare_column uses[] = {
#define C(...) LIBSHARE_COLUMN(libshare_use, __VA_ARGS__)
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

static const struct libshare_column segments[] = {
#define C(...) LIBSHARE_COLUMN(libshare_segment, __VA_ARGS__)
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

const struct libshare_view libshare_users_view = {
	"users", "processes that map the library", users, sizeof(struct libshare_use), 0, "cow",
	"pss"
};

const struct libshare_view libshare_uses_view = {
	"uses", "libraries that the process maps", uses, sizeof(struct libshare_use), 0, "pss",
	"pss"
};

const struct libshare_view libshare_segments_view = {
	"segments", "parts of the library", segments, sizeof(struct libshare_segment), 0, NULL,
	"pss"
};

static void *add_row(struct libshare_rows *rows, size_t size)
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

static const char *comm_of(const struct libshare_snapshot *snap, uint64_t pid)
{
	const struct libshare_process *proc;

	libshare_for_each(proc, snap, LIBSHARE_PROCESSES)
		if (proc->pid == pid)
			return proc->comm;
	return "-";
}

static void add_use(struct libshare_rows *rows, const struct libshare_snapshot *snap,
		    const struct libshare_mapping *map)
{
	struct libshare_use *use = NULL;
	size_t i = rows->nr;

	/* A process's mappings follow each other: mostly, it is the last row. */
	while (i && !use) {
		use = (struct libshare_use *)rows->at + --i;
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
 * libshare_users_find() - The processes that map a library.
 * @snap: A snapshot with mappings and processes.
 * @lib: The library's number.
 *
 * Return: Rows of struct libshare_use; @at is for free().
 */
struct libshare_rows libshare_users_find(const struct libshare_snapshot *snap, uint64_t lib)
{
	const struct libshare_mapping *map;
	struct libshare_rows rows = { 0 };

	libshare_for_each(map, snap, LIBSHARE_MAPPINGS)
		if (map->lib == lib)
			add_use(&rows, snap, map);
	return rows;
}

/**
 * libshare_uses_find() - The libraries that a process maps.
 * @snap: A snapshot with mappings and processes.
 * @pid: The process.
 *
 * Return: Rows of struct libshare_use; @at is for free().
 */
struct libshare_rows libshare_uses_find(const struct libshare_snapshot *snap, uint64_t pid)
{
	const struct libshare_mapping *map;
	struct libshare_rows rows = { 0 };

	libshare_for_each(map, snap, LIBSHARE_MAPPINGS)
		if (map->pid == pid)
			add_use(&rows, snap, map);
	return rows;
}

static bool is_alike(const struct libshare_segment *seg, const struct libshare_mapping *map)
{
	return seg->offset == map->offset && seg->size == map->end - map->start &&
	       !strcmp(seg->perms, map->perms) && !strcmp(seg->segment, map->segment);
}

static int by_offset(const void *a, const void *b)
{
	const struct libshare_segment *x = a, *y = b;

	if (x->offset != y->offset)
		return x->offset > y->offset ? 1 : -1;
	return strcmp(x->perms, y->perms);
}

/**
 * libshare_segments_find() - The parts of a library as processes map them.
 * @snap: A snapshot with mappings.
 * @lib: The library's number.
 *
 * Return: Rows of struct libshare_segment, by offset; @at is for free().
 */
struct libshare_rows libshare_segments_find(const struct libshare_snapshot *snap, uint64_t lib)
{
	const struct libshare_mapping *map;
	struct libshare_rows rows = { 0 };

	libshare_for_each(map, snap, LIBSHARE_MAPPINGS) {
		struct libshare_segment *seg = (void *)rows.at;
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
		qsort(rows.at, rows.nr, sizeof(struct libshare_segment), by_offset);
	return rows;
}
