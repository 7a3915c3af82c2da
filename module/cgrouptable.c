// SPDX-License-Identifier: GPL-2.0-only
/* The table of control groups: rows of a finished snapshot. */
#include <linux/mm.h>
#include <linux/seq_file.h>

#include "snapshot.h"
#include "tables.h"

static void cgroups_head(struct seq_file *m, struct libshare_snapshot *snap)
{
	libshare_table_head(m, snap, "cgroups",
			    "lib\tdev\tino\tprocs\trss\tmapped\tcharged\tlent\tborrowed\tidle\t"
			    "private\tcow\tcow_unique\tswap\tpss\tcgroup\tpath\n");
}

static bool cgroups_next(struct libshare_snapshot *snap, struct libshare_cursor *at)
{
	at->row = at->next++;
	return at->row < snap->uses.nr;
}

static void cgroups_row(struct seq_file *m, struct libshare_snapshot *snap,
			const struct libshare_cursor *at)
{
	const struct libshare_use *use = libshare_rows_at(&snap->uses, at->row);
	const struct libshare_library *lib = libshare_library_at(snap, use->library);
	const u64 pages[] = {
		use->rss, use->mapped, use->charged, use->lent, use->borrowed, use->idle,
		use->private, use->cow, use->cow_unique, use->swap,
	};
	unsigned int i;

	libshare_table_identity(m, lib);
	seq_put_decimal_ull(m, "\t", use->procs);
	for (i = 0; i < ARRAY_SIZE(pages); i++)
		seq_put_decimal_ull(m, "\t", pages[i] << PAGE_SHIFT);
	seq_put_decimal_ull(m, "\t", libshare_share_bytes(&use->pss));
	seq_putc(m, '\t');
	libshare_table_cgroup(m, use->cgroup);
	libshare_table_path(m, lib);
}

const struct libshare_table libshare_table_cgroups = {
	.want = LIBSHARE_WANT_ROWS | LIBSHARE_WANT_CGROUPS,
	.head = cgroups_head,
	.next = cgroups_next,
	.row = cgroups_row,
};
