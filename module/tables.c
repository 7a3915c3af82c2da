// SPDX-License-Identifier: GPL-2.0-only
/* The tables for programs: rows of a finished snapshot, in tab-separated text. */
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "snapshot.h"
#include "tables.h"
#include "text.h"

static void head(struct seq_file *m, const struct libshare_snapshot *snap, const char *name,
		 const char *columns)
{
	seq_printf(m, "# libshare 1 %s generation=%llu page_size=%lu time_ns=%llu skipped=%llu",
		   name, snap->generation, PAGE_SIZE, snap->time_ns,
		   snap->cost.skipped_processes);
	seq_printf(m, " duplicated=%llu\n", snap->totals.duplicated << PAGE_SHIFT);
	seq_puts(m, columns);
}

#define FIELD_BYTES 32	/* the most that begin_field() makes room for */

/* Where the next field goes, or NULL: seq_file comes again with more room. */
static char *begin_field(struct seq_file *m)
{
	char *at;

	if (seq_get_buf(m, &at) >= FIELD_BYTES)
		return at;
	seq_commit(m, -1);
	return NULL;
}

static void end_field(struct seq_file *m, const char *end)
{
	seq_commit(m, end - (m->buf + m->count));
}

/* A number with @before in front of it, unless that is 0. */
static void number_after(struct seq_file *m, char before, u64 value)
{
	char *at = begin_field(m);

	if (!at)
		return;
	*at = before;
	end_field(m, libshare_text_decimal(at + !!before, value));
}

static void number(struct seq_file *m, u64 value)
{
	number_after(m, '\t', value);
}

static void bytes(struct seq_file *m, u64 pages)
{
	number_after(m, '\t', pages << PAGE_SHIFT);
}

/* As /proc/PID/maps has its addresses. */
static void hex(struct seq_file *m, u64 value)
{
	char *at = begin_field(m);

	if (!at)
		return;
	*at = '\t';
	end_field(m, libshare_text_hex(at + 1, value, 8));
}

static void identity(struct seq_file *m, const struct libshare_library *lib)
{
	number_after(m, 0, lib->number + 1);
	number_after(m, '\t', MAJOR(lib->dev));
	number_after(m, ':', MINOR(lib->dev));
	number(m, lib->ino);
}

static void path(struct seq_file *m, const struct libshare_library *lib)
{
	seq_putc(m, '\t');
	seq_puts(m, lib->path);
	seq_putc(m, '\n');
}

/* libraries */

static void libraries_head(struct seq_file *m, const struct libshare_snapshot *snap)
{
	head(m, snap, "libraries",
	     "lib\tdev\tino\tkind\tflags\tprocs\tmaps\tsize\tcached\tmapped\tshared\trss\t"
	     "saved\tcow\tcow_unique\tswap\tksm\tmapcount_max\tpagetables\tbuildid\tpath\n");
}

static bool libraries_next(const struct libshare_snapshot *snap, struct libshare_cursor *at)
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
	if (!lib->unlinked && !lib->duplicate)
		seq_putc(m, '-');
}

static void buildid(struct seq_file *m, const struct libshare_library *lib)
{
	if (lib->buildid_len)
		seq_printf(m, "\t%*phN", (int)lib->buildid_len, lib->buildid);
	else
		seq_puts(m, "\t-");
}

static void libraries_row(struct seq_file *m, const struct libshare_snapshot *snap,
			  const struct libshare_cursor *at)
{
	const struct libshare_library *lib = libshare_library_at(snap, at->row);

	identity(m, lib);
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
	bytes(m, lib->tables);
	buildid(m, lib);
	path(m, lib);
}

const struct libshare_table libshare_table_libraries = {
	.head = libraries_head,
	.next = libraries_next,
	.row = libraries_row,
};

/* processes */

static void processes_head(struct seq_file *m, const struct libshare_snapshot *snap)
{
	head(m, snap, "processes",
	     "pid\tuid\tlibs\tmaps\trss\tpss\tprivate\tcow\tswap\tpagetables\tcgroup\tcomm\n");
}

static bool processes_next(const struct libshare_snapshot *snap, struct libshare_cursor *at)
{
	do {
		at->row = at->next++;
		if (at->row >= snap->processes.nr)
			return false;
	} while (!libshare_process_at(snap, at->row)->libs);
	return true;
}

static void processes_row(struct seq_file *m, const struct libshare_snapshot *snap,
			  const struct libshare_cursor *at)
{
	const struct libshare_process *proc = libshare_process_at(snap, at->row);

	number_after(m, 0, proc->pid);
	number(m, proc->uid);
	number(m, proc->libs);
	number(m, proc->maps);
	bytes(m, proc->rss);
	number(m, proc->pss.bytes);
	bytes(m, proc->private);
	bytes(m, proc->cow);
	bytes(m, proc->swap);
	bytes(m, proc->tables);
	seq_putc(m, '\t');
	seq_puts(m, proc->cgroup ?: "-");
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

static void mappings_head(struct seq_file *m, const struct libshare_snapshot *snap)
{
	head(m, snap, "mappings",
	     "pid\tlib\tdev\tino\tstart\tend\toffset\tperms\tsegment\trss\tshared\tcow\t"
	     "cow_shared\tswap\tksm\tpss\tpath\n");
}

static bool mappings_next(const struct libshare_snapshot *snap, struct libshare_cursor *at)
{
	at->row = at->next++;
	return at->row < snap->mappings.nr;
}

static void perms(struct seq_file *m, const struct libshare_mapping *map)
{
	char *at = begin_field(m);

	if (!at)
		return;
	*at++ = '\t';
	*at++ = map->perms & LIBSHARE_PERM_READ ? 'r' : '-';
	*at++ = map->perms & LIBSHARE_PERM_WRITE ? 'w' : '-';
	*at++ = map->perms & LIBSHARE_PERM_EXEC ? 'x' : '-';
	*at++ = map->perms & LIBSHARE_PERM_SHARED ? 's' : 'p';
	*at++ = '\t';
	end_field(m, at);
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

static void mappings_row(struct seq_file *m, const struct libshare_snapshot *snap,
			 const struct libshare_cursor *at)
{
	const struct libshare_mapping *map = libshare_mapping_at(snap, at->row);
	const struct libshare_library *lib = libshare_library_at(snap, map->library);

	number_after(m, 0, libshare_process_at(snap, map->process)->pid);
	seq_putc(m, '\t');
	identity(m, lib);
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
	number(m, map->pss.bytes);
	path(m, lib);
}

const struct libshare_table libshare_table_mappings = {
	.want = LIBSHARE_WANT_ROWS,
	.head = mappings_head,
	.next = mappings_next,
	.row = mappings_row,
};

/* pages */

static void pages_head(struct seq_file *m, const struct libshare_snapshot *snap)
{
	head(m, snap, "pages",
	     "lib\tdev\tino\tfirst\tcount\tcached\tsharers\tmappings\tcopies\tmapcount\tpath\n");
}

static bool page_is_like(const struct libshare_page *a, const struct libshare_page *b)
{
	return a->cached == b->cached && a->sharers == b->sharers &&
	       a->mappings == b->mappings && a->copies == b->copies &&
	       a->mapcount == b->mapcount;
}

/*
 * Go on from page @at->next of library @at->row: find a page of which anything
 * is known, then how far its like goes.
 */
static bool find_run(struct libshare_library *lib, struct libshare_cursor *at)
{
	unsigned long nr = at->next >> LIBSHARE_BLOCK_SHIFT;
	struct libshare_block *block = xa_find(&lib->pages.blocks, &nr, ULONG_MAX, XA_PRESENT);

	at->count = 0;
	for (; block; block = xa_find_after(&lib->pages.blocks, &nr, ULONG_MAX, XA_PRESENT)) {
		u64 index = max_t(u64, at->next, (u64)nr << LIBSHARE_BLOCK_SHIFT);

		cond_resched();
		for (; index >> LIBSHARE_BLOCK_SHIFT == nr; index++) {
			const struct libshare_page *page =
				&block->page[index % LIBSHARE_BLOCK_PAGES];

			if (at->count && (index != at->next || !page_is_like(page, &at->page)))
				return true;
			if (!at->count && libshare_page_is_empty(page))
				continue;
			if (!at->count) {
				at->first = index;
				at->page = *page;
			}
			at->count++;
			at->next = index + 1;
		}
	}
	return at->count;
}

static bool pages_next(const struct libshare_snapshot *snap, struct libshare_cursor *at)
{
	for (; at->row < snap->libraries.nr; at->row++) {
		if (find_run(libshare_library_at(snap, at->row), at))
			return true;
		at->next = 0;
	}
	return false;
}

static void pages_row(struct seq_file *m, const struct libshare_snapshot *snap,
		      const struct libshare_cursor *at)
{
	const struct libshare_library *lib = libshare_library_at(snap, at->row);

	identity(m, lib);
	number(m, at->first);
	number(m, at->count);
	number(m, at->page.cached);
	number(m, at->page.sharers);
	number(m, at->page.mappings);
	number(m, at->page.copies);
	if (!at->page.cached || at->page.mapcount == LIBSHARE_MAPCOUNT_UNKNOWN)
		seq_puts(m, "\t-");
	else
		number(m, at->page.mapcount);
	path(m, lib);
}

const struct libshare_table libshare_table_pages = {
	.want = LIBSHARE_WANT_PAGES,
	.head = pages_head,
	.next = pages_next,
	.row = pages_row,
};

/* histogram */

static void histogram_head(struct seq_file *m, const struct libshare_snapshot *snap)
{
	head(m, snap, "histogram", "lib\tdev\tino\tsharers\tpages\tpath\n");
}

static bool histogram_next(const struct libshare_snapshot *snap, struct libshare_cursor *at)
{
	at->row = at->next++;
	return at->row < snap->sharings.nr;
}

static void histogram_row(struct seq_file *m, const struct libshare_snapshot *snap,
			  const struct libshare_cursor *at)
{
	const struct libshare_sharing *sharing = libshare_vec_at(&snap->sharings, at->row);
	const struct libshare_library *lib = libshare_library_at(snap, sharing->library);

	identity(m, lib);
	number(m, sharing->sharers);
	number(m, sharing->pages);
	path(m, lib);
}

const struct libshare_table libshare_table_histogram = {
	.want = LIBSHARE_WANT_PAGES,
	.head = histogram_head,
	.next = histogram_next,
	.row = histogram_row,
};
