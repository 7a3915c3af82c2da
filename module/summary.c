// SPDX-License-Identifier: GPL-2.0-only
/* The summary for people: totals, the libraries that matter, what it cost. */
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/seq_file.h>

#include "snapshot.h"
#include "tables.h"
#include "text.h"

#define TOP 10
#define NAME_COLUMNS 56

static u64 by_saved(const struct libshare_library *lib)
{
	return lib->rss - lib->mapped;
}

static u64 by_cow(const struct libshare_library *lib)
{
	return lib->cow;
}

/* The libraries with the largest @key, none of them with 0; how many. */
static unsigned int pick_top(struct libshare_snapshot *snap,
			     u64 (*key)(const struct libshare_library *lib),
			     const struct libshare_library *top[TOP])
{
	unsigned int nr = 0, at;
	u64 i;

	for (i = 0; i < snap->libraries.nr; i++) {
		const struct libshare_library *lib = libshare_library_at(snap, i);

		if (!key(lib) || (nr == TOP && key(lib) <= key(top[TOP - 1])))
			continue;
		if (nr < TOP)
			nr++;
		for (at = nr - 1; at && key(top[at - 1]) < key(lib); at--)
			top[at] = top[at - 1];
		top[at] = lib;
	}
	return nr;
}

static void show_size(struct seq_file *m, u64 pages)
{
	char buf[LIBSHARE_SIZE_TEXT];

	seq_printf(m, " %8s", libshare_text_size(pages << PAGE_SHIFT, buf));
}

static void show_total(struct seq_file *m, const char *what, u64 pages)
{
	seq_printf(m, "  %-34s", what);
	show_size(m, pages);
}

/* A total of file pages, which are a library's columns, and of copies. */
static void show_parts(struct seq_file *m, const char *what, u64 file, u64 copies)
{
	show_total(m, what, file + copies);
	seq_puts(m, "   file pages");
	show_size(m, file);
	seq_puts(m, ", copies");
	show_size(m, copies);
}

static void show_top(struct seq_file *m, struct libshare_snapshot *snap, const char *title,
		     u64 (*key)(const struct libshare_library *lib))
{
	const struct libshare_library *top[TOP];
	unsigned int nr = pick_top(snap, key, top), i;
	char name[LIBSHARE_SHORT_BYTES(NAME_COLUMNS)];

	seq_printf(m, "\n%s\n", title);
	seq_printf(m, " %8s %8s %8s %8s %8s %6s  %s\n", "SAVED", "MAPPED", "CACHED", "COW",
		   "UNIQUE", "PROCS", "LIBRARY");
	for (i = 0; i < nr; i++) {
		const struct libshare_library *lib = top[i];

		libshare_text_shorten(lib->path, NAME_COLUMNS, name);
		show_size(m, lib->rss - lib->mapped);
		show_size(m, lib->mapped);
		show_size(m, lib->cached);
		show_size(m, lib->cow);
		show_size(m, lib->cow_unique);
		seq_printf(m, " %6u  %s%s\n", lib->procs, name,
			   lib->unlinked ? " (deleted)" : "");
	}
	if (!nr)
		seq_puts(m, "        -\n");
}

static u64 duplicates(struct libshare_snapshot *snap)
{
	u64 nr = 0, i;

	for (i = 0; i < snap->libraries.nr; i++)
		nr += libshare_library_at(snap, i)->duplicate;
	return nr;
}

/* The numbers are too low by what these processes map: which, and why. */
static void show_skipped(struct seq_file *m, struct libshare_snapshot *snap)
{
	u64 nr = snap->cost.skipped[LIBSHARE_SKIP_STUCK] +
		 snap->cost.skipped[LIBSHARE_SKIP_TOO_LONG];
	char name[LIBSHARE_SHORT_BYTES(4 * TASK_COMM_LEN)];
	u32 i;

	if (!nr)
		return;
	seq_printf(m, "INCOMPLETE: %llu %s not counted to the end\n", nr,
		   nr == 1 ? "process was" : "processes were");
	for (i = 0; i < snap->nr_told; i++) {
		const struct libshare_told *told = &snap->told[i];

		libshare_text_shorten(told->comm, 4 * TASK_COMM_LEN, name);
		seq_printf(m, "  %u (%s): %s\n", told->pid, name,
			   told->skip == LIBSHARE_SKIP_STUCK ?
			   "its mmap_lock was not free in time" :
			   "it maps memory faster than the scan can walk");
	}
	if (nr > snap->nr_told)
		seq_printf(m, "  and %llu more\n", nr - snap->nr_told);
	seq_putc(m, '\n');
}

static void show_totals(struct seq_file *m, struct libshare_snapshot *snap)
{
	const struct libshare_totals *t = &snap->totals;
	u64 take = t->mapped + t->cow_unique, unshared = t->rss + t->cow;
	u64 tenths = take ? div64_u64(unshared * 10 + take / 2, take) : 0;

	seq_printf(m, "libshare: %llu libraries, mapped by %llu processes\n\n",
		   snap->libraries.nr, t->processes);
	show_parts(m, "memory that the libraries take", t->mapped, t->cow_unique);
	seq_putc(m, '\n');
	show_parts(m, "what they would take unshared", t->rss, t->cow);
	seq_putc(m, '\n');
	show_parts(m, "what sharing saves", t->rss - t->mapped, t->cow - t->cow_unique);
	if (take)
		seq_printf(m, ", %llu.%llu times less", div_u64(tenths, 10), tenths % 10);
	seq_putc(m, '\n');
	show_total(m, "cached, but not mapped", t->unmapped);
	seq_putc(m, '\n');
	show_total(m, "copies that are swapped out", t->swap);
	seq_putc(m, '\n');
	show_total(m, "cached twice under one build ID", t->duplicated);
	if (duplicates(snap))
		seq_printf(m, "   in %llu libraries", duplicates(snap));
	seq_putc(m, '\n');
}

static void show_cost(struct seq_file *m, struct libshare_snapshot *snap)
{
	const struct libshare_cost *cost = &snap->cost;

	seq_printf(m, "\nscan %llu took %llu.%03llu ms: ", snap->generation,
		   div_u64(cost->scan_ns, NSEC_PER_MSEC),
		   div_u64(cost->scan_ns, NSEC_PER_USEC) % 1000);
	seq_printf(m, "%llu processes, %llu VMAs of libraries, %llu page-table entries",
		   cost->processes, cost->vmas, cost->ptes);
	if (cost->skipped[LIBSHARE_SKIP_EXITED])
		seq_printf(m, "; %llu processes exited meanwhile",
			   cost->skipped[LIBSHARE_SKIP_EXITED]);
	seq_printf(m, "\nlongest hold of a mmap_lock %llu us, of a page-table lock %llu us\n",
		   div_u64(cost->mmap_lock_hold_max_ns, NSEC_PER_USEC),
		   div_u64(cost->pte_lock_hold_max_ns, NSEC_PER_USEC));
}

static void summary_head(struct seq_file *m, struct libshare_snapshot *snap)
{
	show_skipped(m, snap);
	show_totals(m, snap);
	show_top(m, snap, "Most memory saved by sharing", by_saved);
	show_top(m, snap, "Most memory in copies (copy-on-write)", by_cow);
	show_cost(m, snap);
}

const struct libshare_table libshare_table_summary = {
	.head = summary_head,
};
