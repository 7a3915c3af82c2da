// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lets a program sleep, uninterruptibly, while it holds a lock for writing, as one does
 * that waits for a dead file server: its own mmap_lock, or the i_mmap_rwsem of a file
 * that it has open.
 *
 *	echo MILLISECONDS > /sys/kernel/debug/hold/mmap_lock
 *	echo MILLISECONDS FD > /sys/kernel/debug/hold/i_mmap
 */
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>

static struct dentry *dir;

static int take(const char __user *buf, size_t size, int want, unsigned int *ms, unsigned int *fd)
{
	char text[32] = "";

	if (size >= sizeof(text) || copy_from_user(text, buf, size))
		return -EFAULT;
	if (sscanf(text, "%u %u", ms, fd) != want)
		return -EINVAL;
	return 0;
}

static ssize_t hold_mmap_lock(struct file *file, const char __user *buf, size_t size, loff_t *pos)
{
	unsigned int ms, fd;
	int err = take(buf, size, 1, &ms, &fd);

	if (err)
		return err;
	mmap_write_lock(current->mm);
	msleep(ms);
	mmap_write_unlock(current->mm);
	return size;
}

static ssize_t hold_i_mmap(struct file *file, const char __user *buf, size_t size, loff_t *pos)
{
	unsigned int ms, fd;
	struct file *held;
	int err = take(buf, size, 2, &ms, &fd);

	if (err)
		return err;
	held = fget(fd);
	if (!held)
		return -EBADF;
	i_mmap_lock_write(held->f_mapping);
	msleep(ms);
	i_mmap_unlock_write(held->f_mapping);
	fput(held);
	return size;
}

static const struct file_operations mmap_lock_fops = {
	.owner = THIS_MODULE, .open = simple_open, .write = hold_mmap_lock
};

static const struct file_operations i_mmap_fops = {
	.owner = THIS_MODULE, .open = simple_open, .write = hold_i_mmap
};

static int __init hold_init(void)
{
	dir = debugfs_create_dir("hold", NULL);
	debugfs_create_file("mmap_lock", 0200, dir, NULL, &mmap_lock_fops);
	debugfs_create_file("i_mmap", 0200, dir, NULL, &i_mmap_fops);
	return 0;
}
module_init(hold_init);

static void __exit hold_exit(void)
{
	debugfs_remove(dir);
}
module_exit(hold_exit);

MODULE_DESCRIPTION("Sleep with a lock held, for tests");
MODULE_LICENSE("GPL");
