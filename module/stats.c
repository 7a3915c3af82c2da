// SPDX-License-Identifier: GPL-2.0-only
/* What the last scan cost and met, and totals since the module was loaded. */
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "charges.h"
#include "snapshot.h"
#include "stats.h"

struct libshare_stats {
	u64 generation;
	u64 libraries;
	u64 scans_total;
	u64 scan_ns_total;
	struct libshare_cost cost;
	u64 cached_by_node[];	/* pages, nr_node_ids of them */
};

static DEFINE_SPINLOCK(stats_lock);
static struct libshare_stats *stats;	/* its content is under stats_lock */

static size_t stats_bytes(void)
{
	return struct_size(stats, cached_by_node, nr_node_ids);
}

/**
 * libshare_stats_setup() - Get ready to note scans; once, at module load.
 *
 * Return: 0 or -ENOMEM.
 */
int libshare_stats_setup(void)
{
	stats = kzalloc(stats_bytes(), GFP_KERNEL);
	return stats ? 0 : -ENOMEM;
}

/**
 * libshare_stats_teardown() - Undo libshare_stats_setup(). No scan runs any more.
 */
void libshare_stats_teardown(void)
{
	kfree(stats);
}

/**
 * libshare_stats_note() - Note what a scan cost.
 * @snap: The finished scan.
 * @cached_by_node: For each NUMA node the library pages cached there.
 */
void libshare_stats_note(const struct libshare_snapshot *snap, const u64 *cached_by_node)
{
	spin_lock(&stats_lock);
	stats->generation = snap->generation;
	stats->libraries = snap->libraries.nr;
	stats->cost = snap->cost;
	stats->scans_total++;
	stats->scan_ns_total += snap->cost.scan_ns;
	memcpy(stats->cached_by_node, cached_by_node, nr_node_ids * sizeof(u64));
	spin_unlock(&stats_lock);
}

/**
 * libshare_stats_copy() - Copy the stats.
 *
 * Return: A copy for the caller to kfree(), or NULL when there is no memory.
 */
struct libshare_stats *libshare_stats_copy(void)
{
	struct libshare_stats *copy = kmalloc(stats_bytes(), LIBSHARE_GFP);

	if (!copy)
		return NULL;
	spin_lock(&stats_lock);
	memcpy(copy, stats, stats_bytes());
	spin_unlock(&stats_lock);
	return copy;
}

static void show(struct seq_file *m, const char *name, u64 value)
{
	seq_printf(m, "%s %llu\n", name, value);
}

/**
 * libshare_stats_show() - Print one "name value" line each.
 * @m: Where to.
 * @s: A copy of the stats.
 */
void libshare_stats_show(struct seq_file *m, const struct libshare_stats *s)
{
	int nid;

	show(m, "format", 1);
	show(m, "generation", s->generation);
	show(m, "scan_ns", s->cost.scan_ns);
	show(m, "scan_processes", s->cost.processes);
	show(m, "scan_libraries", s->libraries);
	show(m, "scan_vmas", s->cost.vmas);
	show(m, "scan_tables", s->cost.tables);
	show(m, "scan_ptes", s->cost.ptes);
	show(m, "scan_huge_pmds", s->cost.huge_pmds);
	show(m, "skipped_processes", libshare_skipped(&s->cost));
	show(m, "skipped_exited", s->cost.skipped[LIBSHARE_SKIP_EXITED]);
	show(m, "skipped_stuck", s->cost.skipped[LIBSHARE_SKIP_STUCK]);
	show(m, "skipped_too_long", s->cost.skipped[LIBSHARE_SKIP_TOO_LONG]);
	show(m, "passed_over_vmas", s->cost.passed_over_vmas);
	show(m, "undecided_files", s->cost.undecided_files);
	show(m, "special_ptes", s->cost.special_ptes);
	show(m, "nonpresent_ptes", s->cost.nonpresent_ptes);
	show(m, "mmap_lock_hold_max_ns", s->cost.mmap_lock_hold_max_ns);
	show(m, "mmap_lock_waits", s->cost.mmap_lock_waits);
	show(m, "mmap_lock_yields", s->cost.mmap_lock_yields);
	show(m, "pte_lock_hold_max_ns", s->cost.pte_lock_hold_max_ns);
	show(m, "memory_bytes", s->cost.memory_bytes);
	show(m, "scans_total", s->scans_total);
	show(m, "scan_ns_total", s->scan_ns_total);
	show(m, "memcg_version", libshare_charges_version());
	for_each_online_node(nid)
		seq_printf(m, "cached_node%d_bytes %llu\n", nid,
			   s->cached_by_node[nid] * PAGE_SIZE);
}
