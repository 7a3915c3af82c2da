// SPDX-License-Identifier: GPL-2.0-only
/* The columns of all tables; see columns.h. */
#include <inttypes.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "data/columns.h"
#include "data/order.h"
#include "data/text.h"

static const struct column libraries[] = {
#define C(...) COLUMN(library, __VA_ARGS__)
	C(lib, ID, 0, "number of the library, unique within a snapshot"),
	C(saved, BYTES, SHOWN, "what it would cost more if no process shared it (rss - mapped)"),
	C(mapped, BYTES, SHOWN, "file pages that at least one process maps"),
	C(shared, BYTES, SHOWN, "file pages that at least two processes map"),
	C(cow, BYTES, SHOWN, "private copies (copy-on-write), summed over processes"),
	C(cow_unique, BYTES, SHOWN, "distinct private copies"),
	C(procs, COUNT, SHOWN, "processes that map it"),
	C(dev, TEXT, 0, "device, major:minor"),
	C(ino, ID, 0, "inode number"),
	C(kind, TEXT, WIDE, "exe where some process runs it as its executable, else lib"),
	C(flags, TEXT, WIDE, "d: unlinked; s: path shortened; x: in memory twice; o: overlay"),
	C(maps, COUNT, 0, "mappings (VMAs) in all processes"),
	C(size, BYTES, 0, "size of the file"),
	C(cached, BYTES, WIDE, "its pages in the page cache, mapped or not"),
	C(rss, BYTES, WIDE, "mapped file pages, summed over processes"),
	C(swap, BYTES, WIDE, "copies that are swapped out, summed over processes"),
	C(ksm, BYTES, 0, "copies that KSM has merged, summed over processes"),
	C(mapcount_max, COUNT, 0, "most mappings of any one of its file pages"),
	C(pagetables, BYTES, 0, "page tables that map it, summed over processes"),
	C(buildid, TEXT, OPTIONAL, "GNU build ID, in hex"),
	C(path, TEXT, PATH, "path, as one of the processes knows it"),
	{ 0 }
#undef C
};

static const struct column processes[] = {
#define C(...) COLUMN(process, __VA_ARGS__)
	C(pid, ID, SHOWN, "process id"),
	C(uid, ID, SHOWN, "effective user id"),
	C(libs, COUNT, SHOWN, "libraries it maps"),
	C(rss, BYTES, SHOWN, "their file pages that it maps"),
	C(pss, BYTES, SHOWN, "its proportional share of file pages and copies"),
	C(private, BYTES, SHOWN, "file pages and copies that it alone has"),
	C(cow, BYTES, SHOWN, "private copies of library pages (copy-on-write)"),
	C(maps, COUNT, WIDE, "mappings (VMAs) of libraries"),
	C(swap, BYTES, WIDE, "copies that are swapped out"),
	C(pagetables, BYTES, 0, "page tables that map libraries"),
	C(cgroup, TEXT, IN_JSON, "control group (v2)"),
	C(flags, TEXT, OPTIONAL, "d: it maps a library that was deleted"),
	C(comm, TEXT, SHOWN, "name of the process"),
	C(cmdline, TEXT, OPTIONAL | TAKES_REST, "command line, from /proc"),
	{ 0 }
#undef C
};

static const struct column mappings[] = {
#define C(...) COLUMN(mapping, __VA_ARGS__)
	C(pid, ID, SHOWN, "process id"),
	C(lib, ID, 0, "number of the library"),
	C(dev, TEXT, 0, "device, major:minor"),
	C(ino, ID, 0, "inode number"),
	C(start, HEX, SHOWN, "first address"),
	C(end, HEX, 0, "address after the last"),
	C(offset, HEX, SHOWN, "offset in the file"),
	C(perms, TEXT, SHOWN, "rights, as in /proc/PID/maps"),
	C(segment, TEXT, SHOWN, "text, data, relro, rodata or none"),
	C(rss, BYTES, SHOWN, "file pages that it maps"),
	C(shared, BYTES, SHOWN, "of those, pages that another process maps as well"),
	C(cow, BYTES, SHOWN, "private copies (copy-on-write)"),
	C(cow_shared, BYTES, 0, "of those, copies shared with another process"),
	C(swap, BYTES, 0, "copies that are swapped out"),
	C(ksm, BYTES, OPTIONAL, "of the copies present, those that KSM has merged"),
	C(pss, BYTES, SHOWN, "proportional share of file pages and copies"),
	C(flags, TEXT, OPTIONAL, "those of the library; d: it was deleted"),
	C(path, TEXT, PATH, "path of the library"),
	{ 0 }
#undef C
};

static const struct column pages[] = {
#define C(...) COLUMN(run, __VA_ARGS__)
	C(lib, ID, 0, "number of the library"),
	C(dev, TEXT, 0, "device, major:minor"),
	C(ino, ID, 0, "inode number"),
	C(first, ID, SHOWN, "index in the file of the first page of the run"),
	C(count, COUNT, SHOWN, "pages in the run, alike in every column"),
	C(cached, COUNT, SHOWN, "1: in the page cache"),
	C(sharers, COUNT, SHOWN, "processes that map the page"),
	C(mappings, COUNT, SHOWN, "page-table entries that map it"),
	C(copies, COUNT, SHOWN, "private copies that stand in its place"),
	C(mapcount, COUNT, 0, "the kernel's own count of mappings"),
	C(path, TEXT, PATH, "path of the library"),
	{ 0 }
#undef C
};

static const struct column histogram[] = {
#define C(...) COLUMN(bar, __VA_ARGS__)
	C(lib, ID, 0, "number of the library"),
	C(dev, TEXT, 0, "device, major:minor"),
	C(ino, ID, 0, "inode number"),
	C(sharers, ID, SHOWN, "this many processes map"),
	C(pages, COUNT, SHOWN, "this many file pages"),
	C(path, TEXT, PATH, "path of the library"),
	{ 0 }
#undef C
};

static const struct column cgroups[] = {
#define C(...) COLUMN(group, __VA_ARGS__)
	C(charged, BYTES, SHOWN, "its pages in the page cache that the group pays for"),
	C(lent, BYTES, SHOWN, "of those, pages that only other groups map"),
	C(idle, BYTES, SHOWN, "of those, pages that no process maps"),
	C(mapped, BYTES, SHOWN, "file pages that processes of the group map"),
	C(borrowed, BYTES, SHOWN, "of those, pages that the group does not pay for"),
	C(private, BYTES, SHOWN, "file pages and copies that only the group has"),
	C(procs, COUNT, SHOWN, "processes of the group that map it"),
	C(lib, ID, 0, "number of the library"),
	C(dev, TEXT, 0, "device, major:minor"),
	C(ino, ID, 0, "inode number"),
	C(rss, BYTES, 0, "mapped file pages, summed over processes of the group"),
	C(pss, BYTES, 0, "proportional share of file pages and copies"),
	C(cow, BYTES, 0, "private copies (copy-on-write), summed over processes of the group"),
	C(cow_unique, BYTES, 0, "distinct private copies"),
	C(swap, BYTES, 0, "copies that are swapped out, summed over processes of the group"),
	C(cgroup, TEXT, SHOWN, "control group (v2)"),
	C(path, TEXT, PATH, "path of the library"),
	{ 0 }
#undef C
};

static const struct column about[] = {
	COLUMN(fact, name, TEXT, SHOWN, "what"),
	COLUMN(fact, value, TEXT, SHOWN, "its value"),
	{ 0 }
};

static const struct column elf[] = {
#define C(...) COLUMN(elf, __VA_ARGS__)
	C(lib, ID, SHOWN, "number of the library"),
	C(number, ID, SHOWN, "number of the section"),
	C(role, TEXT, SHOWN, "what it is for"),
	C(offset, ID, SHOWN, "offset in the file"),
	C(size, BYTES, SHOWN, "size in the file"),
	C(section, TEXT, SHOWN, "name"),
	{ 0 }
#undef C
};

static const struct column relocs[] = {
#define C(...) COLUMN(reloc, __VA_ARGS__)
	C(lib, ID, SHOWN, "number of the library"),
	C(number, ID, SHOWN, "number of the section"),
	C(first, ID, SHOWN, "first page"),
	C(count, COUNT, SHOWN, "pages"),
	C(relocs, COUNT, SHOWN, "relocations in them"),
	C(relative, COUNT, OPTIONAL, "of these, that only add the library's address"),
	{ 0 }
#undef C
};

static const struct column cmdlines[] = {
	COLUMN(cmdline, pid, ID, SHOWN, "process id"),
	COLUMN(cmdline, cmdline, TEXT, SHOWN, "its command line"),
	{ 0 }
};

static const struct column names[] = {
	COLUMN(name, kind, TEXT, SHOWN, "what has the name"),
	COLUMN(name, key, TEXT, SHOWN, "its number"),
	COLUMN(name, namespace, TEXT, SHOWN, "namespace of a container"),
	COLUMN(name, pod, TEXT, SHOWN, "pod of a container"),
	COLUMN(name, name, TEXT, SHOWN, "the name"),
	{ 0 }
};

static const struct column heap[] = {
#define C(...) COLUMN(heap, __VA_ARGS__)
	C(pid, ID, SHOWN, "process id"),
	C(uid, ID, 0, "effective user id"),
	C(heap, BYTES, SHOWN, "anonymous memory outside of libraries"),
	C(alone, BYTES, SHOWN, "of that, pages that only this process has"),
	C(shared, BYTES, SHOWN, "of that, pages shared with relatives since a fork"),
	C(swap, BYTES, SHOWN, "beside that, what is swapped out"),
	C(cgroup, TEXT, IN_JSON, "control group (v2)"),
	C(comm, TEXT, SHOWN, "name of the process"),
	{ 0 }
#undef C
};

#define VIEW(columns, row, needs, ...) \
	{ #columns, "", columns, sizeof(struct row), needs, __VA_ARGS__ }

const struct view tables[TABLES] = {
	[LIBRARIES] = {
		"libraries", "each library", libraries, sizeof(struct library),
		HAS(LIBRARIES), "saved", "mapped" },
	[PROCESSES] = {
		"processes", "each process that maps a library", processes,
		sizeof(struct process), HAS(PROCESSES), "pss", "pss" },
	[MAPPINGS] = {
		"mappings", "each mapping of a library in a process", mappings,
		sizeof(struct mapping), HAS(MAPPINGS), NULL, "pss" },
	[PAGES] = {
		"pages", "each run of pages that are alike", pages,
		sizeof(struct run), HAS(PAGES), NULL, NULL },
	[HISTOGRAM] = {
		"histogram", "how many pages have how many sharers", histogram,
		sizeof(struct bar), HAS(HISTOGRAM), NULL, NULL },
	[CGROUPS] = {
		"cgroups", "what each library is to each control group", cgroups,
		sizeof(struct group), HAS(CGROUPS), "charged", NULL },
	[ABOUT] = VIEW(about, fact, HAS(ABOUT), NULL, NULL),
	[ELF] = VIEW(elf, elf, HAS(ELF), NULL, NULL),
	[RELOCS] = VIEW(relocs, reloc, HAS(RELOCS), NULL, NULL),
	[CMDLINES] = VIEW(cmdlines, cmdline, HAS(CMDLINES), NULL, NULL),
	[NAMED] = VIEW(names, name, HAS(NAMED), NULL, NULL),
	[AUDIT] = {
		"audit", "what is in the copies of each library and section",
		audit_columns,
		sizeof(struct audit),
		HAS(LIBRARIES) | HAS(PROCESSES) | HAS(MAPPINGS) | HAS(PAGES), NULL, NULL },
	[PROGRAMS] = {
		"programs", "what the processes of each program hold", programs_columns,
		sizeof(struct program), HAS(PROGRAMS), NULL, NULL },
	[HEAPS] = {
		"heap", "the heap of each process that maps a library", heap,
		sizeof(struct heap), HAS(LIBRARIES) | HAS(PROCESSES) | HAS(MAPPINGS),
		"heap", NULL },
	[DISTINCT] = {
		"distinct", "each run of pages that have as many distinct copies",
		distinct_columns,
		sizeof(struct distinct),
		HAS(LIBRARIES) | HAS(PROCESSES) | HAS(MAPPINGS) | HAS(PAGES), NULL, NULL },
};

/**
 * column_find() - The column with a name, in whatever case.
 * @view: The view.
 * @name: The name.
 * @len: Its bytes.
 *
 * Return: It, or NULL.
 */
const struct column *column_find(const struct view *view, const char *name, size_t len)
{
	const struct column *col;

	for (col = view->columns; col->name; col++)
		if (strlen(col->name) == len && !strncasecmp(col->name, name, len))
			return col;
	return NULL;
}

/**
 * column_compare() - Order two rows by a column, smallest first.
 * @col: The column.
 * @a: A row.
 * @b: Another row.
 *
 * What is not known is the smallest.
 *
 * Return: As strcmp().
 */
int column_compare(const struct column *col, const void *a, const void *b)
{
	uint64_t x, y;

	if (col->type == TEXT)
		return strcmp(column_text(col, a), column_text(col, b));
	x = column_number(col, a) + 1;
	y = column_number(col, b) + 1;
	return order(x, y);
}

/**
 * column_format() - A row's cell of a column, as text.
 * @col: The column.
 * @row: The row.
 * @human: Sizes for people.
 * @buf: For a text that has to be made.
 *
 * Return: The text, in @buf or in the row; "-" for what is not known.
 */
const char *column_format(const struct column *col, const void *row, bool human,
			  char buf[CELL])
{
	uint64_t value;

	if (col->type == TEXT)
		return column_text(col, row);
	value = column_number(col, row);
	if (value == UNKNOWN)
		return "-";
	if (col->type == BYTES && human)
		return text_size(value, buf);
	snprintf(buf, CELL, col->type == HEX ? "%" PRIx64 : "%" PRIu64, value);
	return buf;
}
