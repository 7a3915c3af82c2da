// SPDX-License-Identifier: GPL-2.0-only
/* The columns of all tables; see columns.h. */
#include <ctype.h>
#include <inttypes.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "audit.h"
#include "columns.h"
#include "duplicates.h"
#include "erosion.h"
#include "explain.h"
#include "groups.h"
#include "sections.h"
#include "text.h"
#include "what_if.h"

#define SHOWN LIBSHARE_SHOWN
#define OPTIONAL LIBSHARE_OPTIONAL
#define PATH LIBSHARE_PATH

static const struct libshare_column libraries[] = {
#define C(...) LIBSHARE_COLUMN(libshare_library, __VA_ARGS__)
	C(lib, ID, 0, "number of the library, unique within a snapshot"),
	C(saved, BYTES, SHOWN, "what it would cost more if no process shared it (rss - mapped)"),
	C(mapped, BYTES, SHOWN, "file pages that at least one process maps"),
	C(shared, BYTES, SHOWN, "file pages that at least two processes map"),
	C(cow, BYTES, SHOWN, "private copies (copy-on-write), summed over processes"),
	C(cow_unique, BYTES, SHOWN, "distinct private copies"),
	C(procs, COUNT, SHOWN, "processes that map it"),
	C(dev, TEXT, 0, "device, major:minor"),
	C(ino, ID, 0, "inode number"),
	C(kind, TEXT, 0, "exe where some process runs it as its executable, else lib"),
	C(flags, TEXT, 0, "d: unlinked; s: path shortened; x: in memory more than once"),
	C(maps, COUNT, 0, "mappings (VMAs) in all processes"),
	C(size, BYTES, 0, "size of the file"),
	C(cached, BYTES, 0, "its pages in the page cache, mapped or not"),
	C(rss, BYTES, 0, "mapped file pages, summed over processes"),
	C(swap, BYTES, 0, "copies that are swapped out, summed over processes"),
	C(ksm, BYTES, 0, "copies that KSM has merged, summed over processes"),
	C(mapcount_max, COUNT, 0, "most mappings of any one of its file pages"),
	C(pagetables, BYTES, 0, "page tables that map it, summed over processes"),
	C(buildid, TEXT, OPTIONAL, "GNU build ID, in hex"),
	C(path, TEXT, PATH, "path, as one of the processes knows it"),
	{ 0 }
#undef C
};

static const struct libshare_column processes[] = {
#define C(...) LIBSHARE_COLUMN(libshare_process, __VA_ARGS__)
	C(pid, ID, SHOWN, "process id"),
	C(uid, ID, SHOWN, "effective user id"),
	C(libs, COUNT, SHOWN, "libraries it maps"),
	C(rss, BYTES, SHOWN, "their file pages that it maps"),
	C(pss, BYTES, SHOWN, "its proportional share of file pages and copies"),
	C(private, BYTES, SHOWN, "file pages and copies that it alone has"),
	C(cow, BYTES, SHOWN, "private copies of library pages (copy-on-write)"),
	C(maps, COUNT, 0, "mappings (VMAs) of libraries"),
	C(swap, BYTES, 0, "copies that are swapped out"),
	C(pagetables, BYTES, 0, "page tables that map libraries"),
	C(cgroup, TEXT, 0, "control group (v2)"),
	C(flags, TEXT, OPTIONAL, "d: it maps a library that was deleted"),
	C(comm, TEXT, SHOWN, "name of the process"),
	C(cmdline, TEXT, OPTIONAL | LIBSHARE_TAKES_REST, "command line, from /proc"),
	{ 0 }
#undef C
};

static const struct libshare_column mappings[] = {
#define C(...) LIBSHARE_COLUMN(libshare_mapping, __VA_ARGS__)
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

static const struct libshare_column pages[] = {
#define C(...) LIBSHARE_COLUMN(libshare_run, __VA_ARGS__)
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

static const struct libshare_column histogram[] = {
#define C(...) LIBSHARE_COLUMN(libshare_bar, __VA_ARGS__)
	C(lib, ID, 0, "number of the library"),
	C(dev, TEXT, 0, "device, major:minor"),
	C(ino, ID, 0, "inode number"),
	C(sharers, ID, SHOWN, "this many processes map"),
	C(pages, COUNT, SHOWN, "this many file pages"),
	C(path, TEXT, PATH, "path of the library"),
	{ 0 }
#undef C
};

static const struct libshare_column cgroups[] = {
#define C(...) LIBSHARE_COLUMN(libshare_group, __VA_ARGS__)
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

static const struct libshare_column about[] = {
	LIBSHARE_COLUMN(libshare_fact, name, TEXT, SHOWN, "what"),
	LIBSHARE_COLUMN(libshare_fact, value, TEXT, SHOWN, "its value"),
	{ 0 }
};

static const struct libshare_column elf[] = {
#define C(...) LIBSHARE_COLUMN(libshare_elf, __VA_ARGS__)
	C(lib, ID, SHOWN, "number of the library"),
	C(number, ID, SHOWN, "number of the section"),
	C(role, TEXT, SHOWN, "what it is for"),
	C(offset, ID, SHOWN, "offset in the file"),
	C(size, BYTES, SHOWN, "size in the file"),
	C(section, TEXT, SHOWN, "name"),
	{ 0 }
#undef C
};

static const struct libshare_column relocs[] = {
#define C(...) LIBSHARE_COLUMN(libshare_reloc, __VA_ARGS__)
	C(lib, ID, SHOWN, "number of the library"),
	C(number, ID, SHOWN, "number of the section"),
	C(first, ID, SHOWN, "first page"),
	C(count, COUNT, SHOWN, "pages"),
	C(relocs, COUNT, SHOWN, "relocations in them"),
	C(relative, COUNT, OPTIONAL, "of these, that only add the library's address"),
	{ 0 }
#undef C
};

static const struct libshare_column cmdlines[] = {
	LIBSHARE_COLUMN(libshare_cmdline, pid, ID, SHOWN, "process id"),
	LIBSHARE_COLUMN(libshare_cmdline, cmdline, TEXT, SHOWN, "its command line"),
	{ 0 }
};

static const struct libshare_column sections[] = {
#define C(...) LIBSHARE_COLUMN(libshare_section, __VA_ARGS__)
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

static const struct libshare_column duplicates[] = {
#define C(...) LIBSHARE_COLUMN(libshare_duplicate, __VA_ARGS__)
	C(group, ID, SHOWN, "files with the same number are one library"),
	C(wasted, BYTES, SHOWN, "pages here that an earlier file of the group has in memory too"),
	C(cached, BYTES, SHOWN, "its pages in the page cache"),
	C(mapped, BYTES, SHOWN, "file pages that at least one process maps"),
	C(procs, COUNT, SHOWN, "processes that map it"),
	C(lib, ID, 0, "number of the library"),
	C(dev, TEXT, SHOWN, "device, major:minor"),
	C(ino, ID, 0, "inode number"),
	C(flags, TEXT, 0, "d: unlinked; s: path shortened; x: in memory more than once"),
	C(buildid, TEXT, 0, "GNU build ID, in hex"),
	C(path, TEXT, PATH, "path, as one of the processes knows it"),
	{ 0 }
#undef C
};

#define VIEW(columns, row, needs, ...) \
	{ #columns, "", columns, sizeof(struct row), needs, __VA_ARGS__ }
#define HAS(id) LIBSHARE_HAS(LIBSHARE_##id)

const struct libshare_view libshare_tables[LIBSHARE_TABLES] = {
	[LIBSHARE_LIBRARIES] = {
		"libraries", "each library", libraries, sizeof(struct libshare_library),
		HAS(LIBRARIES), "saved", "mapped" },
	[LIBSHARE_PROCESSES] = {
		"processes", "each process that maps a library", processes,
		sizeof(struct libshare_process), HAS(PROCESSES), "pss", "pss" },
	[LIBSHARE_MAPPINGS] = {
		"mappings", "each mapping of a library in a process", mappings,
		sizeof(struct libshare_mapping), HAS(MAPPINGS), NULL, "pss" },
	[LIBSHARE_PAGES] = {
		"pages", "each run of pages that are alike", pages,
		sizeof(struct libshare_run), HAS(PAGES), NULL, NULL },
	[LIBSHARE_HISTOGRAM] = {
		"histogram", "how many pages have how many sharers", histogram,
		sizeof(struct libshare_bar), HAS(HISTOGRAM), NULL, NULL },
	[LIBSHARE_CGROUPS] = {
		"cgroups", "what each library is to each control group", cgroups,
		sizeof(struct libshare_group), HAS(CGROUPS), "charged", NULL },
	[LIBSHARE_ABOUT] = VIEW(about, libshare_fact, HAS(ABOUT), NULL, NULL),
	[LIBSHARE_ELF] = VIEW(elf, libshare_elf, HAS(ELF), NULL, NULL),
	[LIBSHARE_RELOCS] = VIEW(relocs, libshare_reloc, HAS(RELOCS), NULL, NULL),
	[LIBSHARE_CMDLINES] = VIEW(cmdlines, libshare_cmdline, HAS(CMDLINES), NULL, NULL),
	[LIBSHARE_AUDIT] = {
		"audit", "what is in the copies of each library and section",
		libshare_audit_columns,
		sizeof(struct libshare_audit),
		HAS(LIBRARIES) | HAS(PROCESSES) | HAS(MAPPINGS) | HAS(PAGES), NULL, NULL },
	[LIBSHARE_PROGRAMS] = {
		"programs", "what the processes of each program hold", libshare_programs_columns,
		sizeof(struct libshare_program), HAS(PROGRAMS), NULL, NULL },
	[LIBSHARE_DISTINCT] = {
		"distinct", "each run of pages that have as many distinct copies",
		libshare_distinct_columns,
		sizeof(struct libshare_distinct),
		HAS(LIBRARIES) | HAS(PROCESSES) | HAS(MAPPINGS) | HAS(PAGES), NULL, NULL },
};

const struct libshare_view libshare_sections_view = {
	"sections", "which parts of a library were copied, and why", sections,
	sizeof(struct libshare_section), HAS(LIBRARIES) | HAS(MAPPINGS) | HAS(PAGES), "cow", NULL
};

const struct libshare_view libshare_duplicates_view = {
	"duplicates", "the same library in memory twice (same build ID)", duplicates,
	sizeof(struct libshare_duplicate), HAS(LIBRARIES) | HAS(PAGES), NULL, NULL
};

const struct libshare_view *const libshare_views[] = {
	&libshare_tables[LIBSHARE_LIBRARIES], &libshare_tables[LIBSHARE_PROCESSES],
	&libshare_tables[LIBSHARE_MAPPINGS], &libshare_tables[LIBSHARE_PAGES],
	&libshare_tables[LIBSHARE_HISTOGRAM], &libshare_tables[LIBSHARE_CGROUPS],
	&libshare_sections_view, &libshare_duplicates_view,
	&libshare_tables[LIBSHARE_AUDIT], &libshare_tables[LIBSHARE_DISTINCT],
	&libshare_findings_view, &libshare_what_if_view, &libshare_erosion_view, NULL
};

/**
 * libshare_view_find() - The view with a name.
 * @name: What --view was given.
 *
 * Return: It, or NULL.
 */
const struct libshare_view *libshare_view_find(const char *name)
{
	const struct libshare_view *const *view;

	for (view = libshare_views; *view; view++)
		if (!strcmp((*view)->name, name))
			return *view;
	return NULL;
}

/**
 * libshare_column_find() - The column with a name, in whatever case.
 * @view: The view.
 * @name: The name.
 * @len: Its bytes.
 *
 * Return: It, or NULL.
 */
const struct libshare_column *libshare_column_find(const struct libshare_view *view,
						   const char *name, size_t len)
{
	const struct libshare_column *col;

	for (col = view->columns; col->name; col++)
		if (strlen(col->name) == len && !strncasecmp(col->name, name, len))
			return col;
	return NULL;
}

static void view_help(FILE *out, const char *option, const struct libshare_view *view)
{
	const struct libshare_column *col;
	size_t longest = 13;
	const char *c;

	for (col = view->columns; col->name; col++)
		if (strlen(col->name) > longest)
			longest = strlen(col->name);
	fprintf(out, "\nColumns of %s (%s):\n", option, view->help);
	for (col = view->columns; col->name; col++) {
		int width = 1 + longest - strlen(col->name);

		fputc(' ', out);
		for (c = col->name; *c; c++)
			fputc(toupper(*c), out);
		fprintf(out, "%*s%s%s\n", width, "", col->flags & SHOWN ? "* " : "  ", col->help);
	}
}

/**
 * libshare_columns_help() - Explain the columns of all views, for --help.
 * @out: Where to.
 */
void libshare_columns_help(FILE *out)
{
	const struct libshare_view *const *view;
	char option[64];

	for (view = libshare_views; *view; view++) {
		snprintf(option, sizeof(option), "--view %s", (*view)->name);
		view_help(out, option, *view);
	}
	view_help(out, "--by cgroup", &libshare_groups_view);
	fputs("\nColumns marked with * are shown where -o does not ask for others.\n", out);
}

/**
 * libshare_column_compare() - Order two rows by a column, smallest first.
 * @col: The column.
 * @a: A row.
 * @b: Another row.
 *
 * What is not known is the smallest.
 *
 * Return: As strcmp().
 */
int libshare_column_compare(const struct libshare_column *col, const void *a, const void *b)
{
	uint64_t x, y;

	if (col->type == LIBSHARE_TEXT)
		return strcmp(libshare_column_text(col, a), libshare_column_text(col, b));
	x = libshare_column_number(col, a) + 1;
	y = libshare_column_number(col, b) + 1;
	return (x > y) - (x < y);
}

/**
 * libshare_column_format() - A row's cell of a column, as text.
 * @col: The column.
 * @row: The row.
 * @human: Sizes for people.
 * @buf: For a text that has to be made.
 *
 * Return: The text, in @buf or in the row; "-" for what is not known.
 */
const char *libshare_column_format(const struct libshare_column *col, const void *row, bool human,
				   char buf[LIBSHARE_CELL])
{
	uint64_t value;

	if (col->type == LIBSHARE_TEXT)
		return libshare_column_text(col, row);
	value = libshare_column_number(col, row);
	if (value == LIBSHARE_UNKNOWN)
		return "-";
	if (col->type == LIBSHARE_BYTES && human)
		return libshare_text_size(value, buf);
	snprintf(buf, LIBSHARE_CELL, col->type == LIBSHARE_HEX ? "%" PRIx64 : "%" PRIu64, value);
	return buf;
}
