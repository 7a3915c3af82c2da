// SPDX-License-Identifier: GPL-2.0-only
/*
 * The files in /sys/kernel/debug/libshare/. Opening one scans; reading it only prints
 * the snapshot that the open file holds.
 *
 * All are 0400, without write, ioctl and mmap: what debugfs lets root read when the
 * kernel is locked down (debugfs_locked_down() in fs/debugfs/file.c). The mode alone would
 * let uid 0 of a container read, too; so open asks for CAP_SYS_PTRACE as well.
 */
#include <linux/capability.h>
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "scan.h"
#include "snapshot.h"
#include "stats.h"
#include "tables.h"

/* A file: one table, or several one after another. */
struct file_spec {
	const char *name;
	const struct libshare_table *table[7];
};

static const struct file_spec files[] = {
	{ "summary", { &libshare_table_summary } },
	{ "libraries", { &libshare_table_libraries } },
	{ "processes", { &libshare_table_processes } },
	{ "mappings", { &libshare_table_mappings } },
	{ "pages", { &libshare_table_pages } },
	{ "histogram", { &libshare_table_histogram } },
	{ "cgroups", { &libshare_table_cgroups } },
	{ "snapshot", { &libshare_table_libraries, &libshare_table_processes,
			&libshare_table_mappings, &libshare_table_pages,
			&libshare_table_histogram, &libshare_table_cgroups } },
};

static struct dentry *dir;

/*
 * Where an open file is: record @pos is the head of a table, or a row of it.
 * Records are only found one after another; going back means starting again.
 */
struct reader {
	const struct file_spec *spec;
	struct libshare_snapshot *snap;
	unsigned int table;
	bool at_head;
	loff_t pos;
	struct libshare_cursor cursor;
};

static const struct libshare_table *table_of(const struct reader *r)
{
	return r->table < ARRAY_SIZE(r->spec->table) ? r->spec->table[r->table] : NULL;
}

static void rewind_reader(struct reader *r)
{
	r->table = 0;
	r->at_head = true;
	r->pos = 0;
	memset(&r->cursor, 0, sizeof(r->cursor));
}

static void advance(struct reader *r)
{
	const struct libshare_table *table = table_of(r);

	r->pos++;
	if (table->next && table->next(r->snap, &r->cursor)) {
		r->at_head = false;
		return;
	}
	r->table++;
	r->at_head = true;
	memset(&r->cursor, 0, sizeof(r->cursor));
}

static void *reader_start(struct seq_file *m, loff_t *pos)
{
	struct reader *r = m->private;

	if (*pos < r->pos)
		rewind_reader(r);
	while (r->pos < *pos && table_of(r))
		advance(r);
	return table_of(r) ? r : NULL;
}

static void *reader_next(struct seq_file *m, void *v, loff_t *pos)
{
	struct reader *r = v;

	/* lseek() and pread() go through all that lies before. */
	cond_resched();
	advance(r);
	++*pos;
	return table_of(r) ? r : NULL;
}

static void reader_stop(struct seq_file *m, void *v)
{
}

static int reader_show(struct seq_file *m, void *v)
{
	struct reader *r = v;
	const struct libshare_table *table = table_of(r);

	if (r->at_head)
		table->head(m, r->snap);
	else
		table->row(m, r->snap, &r->cursor);
	return 0;
}

static const struct seq_operations reader_ops = {
	.start = reader_start,
	.next = reader_next,
	.stop = reader_stop,
	.show = reader_show,
};

static int table_open(struct inode *inode, struct file *file)
{
	const struct file_spec *spec = inode->i_private;
	struct libshare_snapshot *snap;
	unsigned int want = 0, i;
	struct reader *r;

	if (!capable(CAP_SYS_PTRACE))
		return -EPERM;
	for (i = 0; i < ARRAY_SIZE(spec->table) && spec->table[i]; i++)
		want |= spec->table[i]->want;
	snap = libshare_scan(want);
	if (IS_ERR(snap))
		return PTR_ERR(snap);
	r = __seq_open_private(file, &reader_ops, sizeof(*r));
	if (!r) {
		libshare_snapshot_free(snap);
		return -ENOMEM;
	}
	r->spec = spec;
	r->snap = snap;
	rewind_reader(r);
	return 0;
}

static int table_release(struct inode *inode, struct file *file)
{
	struct reader *r = ((struct seq_file *)file->private_data)->private;

	libshare_snapshot_free(r->snap);
	return seq_release_private(inode, file);
}

static const struct file_operations table_fops = {
	.owner = THIS_MODULE,
	.open = table_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = table_release,
};

static int stats_show(struct seq_file *m, void *v)
{
	libshare_stats_show(m, m->private);
	return 0;
}

static int stats_open(struct inode *inode, struct file *file)
{
	struct libshare_stats *stats;
	int err;

	if (!capable(CAP_SYS_PTRACE))
		return -EPERM;
	stats = libshare_stats_copy();
	if (!stats)
		return -ENOMEM;
	err = single_open(file, stats_show, stats);
	if (err)
		kfree(stats);
	return err;
}

static int stats_release(struct inode *inode, struct file *file)
{
	kfree(((struct seq_file *)file->private_data)->private);
	return single_release(inode, file);
}

static const struct file_operations stats_fops = {
	.owner = THIS_MODULE,
	.open = stats_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = stats_release,
};

static int create_files(void)
{
	struct dentry *file;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(files); i++) {
		file = debugfs_create_file(files[i].name, 0400, dir, (void *)&files[i],
					   &table_fops);
		if (IS_ERR(file))
			return PTR_ERR(file);
	}
	return PTR_ERR_OR_ZERO(debugfs_create_file("stats", 0400, dir, NULL, &stats_fops));
}

/**
 * libshare_debugfs_setup() - Make the files.
 *
 * Unlike most users of debugfs, check its errors: without the files the module is
 * useless.
 *
 * Return: 0, or the error of debugfs: -ENOMEM, -EEXIST, -EPERM with debugfs=off, -ENODEV
 * where the kernel has none.
 */
int libshare_debugfs_setup(void)
{
	int err;

	dir = debugfs_create_dir("libshare", NULL);
	err = IS_ERR(dir) ? PTR_ERR(dir) : create_files();
	if (err) {
		pr_err("libshare: cannot make its files in debugfs (error %d)\n", err);
		debugfs_remove_recursive(dir);
	}
	return err;
}

/**
 * libshare_debugfs_teardown() - Remove the files, after calls that are under way.
 *
 * Context: May sleep.
 */
void libshare_debugfs_teardown(void)
{
	debugfs_remove_recursive(dir);
}
