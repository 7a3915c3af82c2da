// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tables for programs: rows of a finished snapshot, in tab-separated text. Those of
 * pages are in pagerows.c, those of control groups in cgrouptable.c.
 */
#include <linux/mm.h>
#include <linux/seq_file.h>

#include "snapshot.h"
#include "tables.h"
#include "text.h"

static const char *const skips[LIBSHARE_SKIPS] = {
	[LIBSHARE_SKIP_EXITED] = "exited",
	[LIBSHARE_SKIP_STUCK] = "stuck",
	[LIBSHARE_SKIP_TOO_LONG] = "too_long",
};

/* Which processes were skipped, and why: a few of them, in one word. */
static void skipped_pairs(struct seq_file *m, struct libshare_snapshot *snap)
{
	unsigned int i;

	seq_printf(m, " skipped=%llu", libshare_skipped(&snap->cost));
	for (i = LIBSHARE_SKIP_EXITED; i < LIBSHARE_SKIPS; i++)
		seq_printf(m, " skipped_%s=%llu", skips[i], snap->cost.skipped[i]);
	for (i = 0; i < snap->nr_told; i++) {
		seq_printf(m, "%s%u:%s:", i ? "," : " skipped_who=", snap->told[i].pid,
			   skips[snap->told[i].skip]);
		seq_escape(m, snap->told[i].comm, "\t\n\\ ,:");
	}
}

/**
 * libshare_table_head() - Print the two lines that begin a table.
 * @m: Where to.
 * @snap: The snapshot.
 * @name: Name of the table.
 * @columns: The line of column names.
 */
void libshare_table_head(struct seq_file *m, struct libshare_snapshot *snap, const char *name,
			 const char *columns)
{
	seq_printf(m, "# libshare 1 %s generation=%llu page_size=%lu time_ns=%llu",
		   name, snap->generation, PAGE_SIZE, snap->time_ns);
	skipped_pairs(m, snap);
	seq_printf(m, " duplicated=%llu\n", snap->totals.duplicated << PAGE_SHIFT);
	seq_puts(m, columns);
}

static void number(struct seq_file *m, u64 value)
{
	seq_put_decimal_ull(m, "\t", value);
}

static void bytes(struct seq_file *m, u64 pages)
{
	number(m, pages << PAGE_SHIFT);
}

/* What VmPTE of /proc/PID/status counts for a table: less than a page on some machines. */
static void table_bytes(struct seq_file *m, u64 tables)
{
	number(m, tables * PTRS_PER_PTE * sizeof(pte_t));
}

/* As /proc/PID/maps has its addresses: seq_put_hex_ll() is not exported. */
static void hex(struct seq_file *m, u64 value)
{
	char text[LIBSHARE_HEX_TEXT];

	seq_putc(m, '\t');
	seq_write(m, text, libshare_text_hex(text, value, 8) - text);
}

/**
 * libshare_table_identity() - Print the columns lib, dev and ino.
 * @m: Where to.
 * @lib: The library.
 */
void libshare_table_identity(struct seq_file *m, const struct libshare_library *lib)
{
	seq_put_decimal_ull(m, "", lib->number + 1);
	number(m, MAJOR(lib->dev));
	seq_put_decimal_ull(m, ":", MINOR(lib->dev));
	number(m, lib->ino);
}

/**
 * libshare_table_cgroup() - Print the path of a control group.
 * @m: Where to.
 * @cgroup: The control group, NULL if not known.
 */
void libshare_table_cgroup(struct seq_file *m, const struct libshare_cgroup *cgroup)
{
	seq_puts(m, cgroup && cgroup->path ? cgroup->path : "-");
}

/**
 * libshare_table_path() - End a row with the path of a library.
 * @m: Where to.
 * @lib: The library.
 */
void libshare_table_path(struct seq_file *m, const struct libshare_library *lib)
{
	seq_putc(m, '\t');
	seq_puts(m, lib->path);
	seq_putc(m, '\n');
}

/* libraries */

static void libraries_head(struct seq_file *m, struct libshare_snapshot *snap)
{
	libshare_table_head(m, snap, "libraries",
			    "lib\tdev\tino\tkind\tflags\tprocs\tmaps\tsize\tcached\tmapped\t"
			    "shared\trss\tsaved\tcow\tcow_unique\tswap\tksm\tmapcount_max\t"
			    "pagetables\tbuildid\tpath\n");
}

static bool libraries_next(struct libshare_snapshot *snap, struct libshare_cursor *at)
{
	at->row = at->next++;
	return at->row < snap->libraries.nr;
}

static void flags(struct seq_file *m, const struct libshare_library *lib)
{
	seq_putc(m, '\t');
	if (lib->unlinked)
		seq_putc(m, 'd');
	if (lib->duplicate)
		seq_putc(m, 'x');
	if (lib->shortened)
		seq_putc(m, 's');
	if (!lib->unlinked && !lib->duplicate && !lib->shortened)
		seq_putc(m, '-');
}

static void buildid(struct seq_file *m, const struct libshare_library *lib)
{
	if (lib->buildid_len)
		seq_printf(m, "\t%*phN", (int)lib->buildid_len, lib->buildid);
	else
		seq_puts(m, "\t-");
}

static void libraries_row(struct seq_file *m, struct libshare_snapshot *snap,
			  const struct libshare_cursor *at)
{
	const struct libshare_library *lib = libshare_library_at(snap, at->row);

	libshare_table_identity(m, lib);
	seq_puts(m, lib->exe ? "\texe" : "\tlib");
	flags(m, lib);
	number(m, lib->procs);
	number(m, lib->maps);
	number(m, lib->size);
	bytes(m, lib->cached);
	bytes(m, lib->mapped);
	bytes(m, lib->shared);
	bytes(m, lib->rss);
	bytes(m, lib->rss - lib->mapped);
	bytes(m, lib->cow);
	bytes(m, lib->cow_unique);
	bytes(m, lib->swap);
	bytes(m, lib->ksm);
	number(m, lib->mapcount_max);
	table_bytes(m, lib->tables);
	buildid(m, lib);
	libshare_table_path(m, lib);
}

const struct libshare_table libshare_table_libraries = {
	.head = libraries_head,
	.next = libraries_next,
	.row = libraries_row,
};

/* processes */

static void processes_head(struct seq_file *m, struct libshare_snapshot *snap)
{
	libshare_table_head(m, snap, "processes",
			    "pid\tuid\tlibs\tmaps\trss\tpss\tprivate\tcow\tswap\tpagetables\t"
			    "cgroup\tcomm\n");
}

static bool processes_next(struct libshare_snapshot *snap, struct libshare_cursor *at)
{
	do {
		at->row = at->next++;
		if (at->row >= snap->processes.nr)
			return false;
	} while (!libshare_process_at(snap, at->row)->libs);
	return true;
}

static void processes_row(struct seq_file *m, struct libshare_snapshot *snap,
			  const struct libshare_cursor *at)
{
	const struct libshare_process *proc = libshare_process_at(snap, at->row);

	seq_put_decimal_ull(m, "", proc->pid);
	number(m, proc->uid);
	number(m, proc->libs);
	number(m, proc->maps);
	bytes(m, proc->rss);
	number(m, libshare_share_bytes(&proc->pss));
	bytes(m, proc->private);
	bytes(m, proc->cow);
	bytes(m, proc->swap);
	table_bytes(m, proc->tables);
	seq_putc(m, '\t');
	libshare_table_cgroup(m, proc->cgroup);
	seq_putc(m, '\t');
	seq_escape(m, proc->comm, "\t\n\\");
	seq_putc(m, '\n');
}

const struct libshare_table libshare_table_processes = {
	.want = LIBSHARE_WANT_ROWS,
	.head = processes_head,
	.next = processes_next,
	.row = processes_row,
};

/* mappings */

static void mappings_head(struct seq_file *m, struct libshare_snapshot *snap)
{
	libshare_table_head(m, snap, "mappings",
			    "pid\tlib\tdev\tino\tstart\tend\toffset\tperms\tsegment\trss\t"
			    "shared\tcow\tcow_shared\tswap\tksm\tpss\tpath\n");
}

static bool mappings_next(struct libshare_snapshot *snap, struct libshare_cursor *at)
{
	at->row = at->next++;
	return at->row < snap->mappings.nr;
}

static void perms(struct seq_file *m, const struct libshare_mapping *map)
{
	char text[] = {
		'\t',
		map->perms & LIBSHARE_PERM_READ ? 'r' : '-',
		map->perms & LIBSHARE_PERM_WRITE ? 'w' : '-',
		map->perms & LIBSHARE_PERM_EXEC ? 'x' : '-',
		map->perms & LIBSHARE_PERM_SHARED ? 's' : 'p',
		'\t',
	};

	seq_write(m, text, sizeof(text));
}

/* What a segment of an ELF file with these rights, and this use, is for. */
static const char *segment(const struct libshare_mapping *map)
{
	if (map->perms & LIBSHARE_PERM_EXEC)
		return "text";
	if (map->perms & LIBSHARE_PERM_WRITE)
		return "data";
	if (!(map->perms & LIBSHARE_PERM_READ))
		return "none";
	return map->cow || map->swap ? "relro" : "rodata";
}

static void mappings_row(struct seq_file *m, struct libshare_snapshot *snap,
			 const struct libshare_cursor *at)
{
	const struct libshare_mapping *map = libshare_mapping_at(snap, at->row);
	const struct libshare_library *lib = libshare_library_at(snap, map->library);

	seq_put_decimal_ull(m, "", libshare_process_at(snap, map->process)->pid);
	seq_putc(m, '\t');
	libshare_table_identity(m, lib);
	hex(m, map->start);
	hex(m, map->end);
	hex(m, map->pgoff << PAGE_SHIFT);
	perms(m, map);
	seq_puts(m, segment(map));
	bytes(m, map->rss);
	bytes(m, map->shared);
	bytes(m, map->cow);
	bytes(m, map->cow_shared);
	bytes(m, map->swap);
	bytes(m, map->ksm);
	number(m, libshare_share_bytes(&map->pss));
	libshare_table_path(m, lib);
}

const struct libshare_table libshare_table_mappings = {
	.want = LIBSHARE_WANT_ROWS,
	.head = mappings_head,
	.next = mappings_next,
	.row = mappings_row,
};
