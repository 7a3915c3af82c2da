// SPDX-License-Identifier: GPL-2.0-only
/*
 * Device and inode of /proc/PID/maps → file. Since Linux 6.8, maps shows those of an
 * overlay, not those of the layer that has the page cache: files on overlays are one
 * if they have a page frame in common.
 */
#include <inttypes.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "data/alloc.h"
#include "data/order.h"
#include "data/proc/files.h"
#include "data/proc/vmas.h"

static uint64_t hash_of(uint64_t a, uint64_t b)
{
	uint64_t hash = (a ^ b * 0x9e3779b97f4a7c15ull) * 0xff51afd7ed558ccdull;

	return hash ^ hash >> 32;
}

static uint32_t *slot_of(struct proc_world *w, uint64_t dev, uint64_t ino)
{
	uint64_t at = hash_of(dev, ino) & (w->nr_slots - 1);

	while (w->slots[at]) {
		const struct proc_file *file = &w->files.at[w->slots[at] - 1];

		if (file->dev == dev && file->ino == ino)
			break;
		at = (at + 1) & (w->nr_slots - 1);
	}
	return &w->slots[at];
}

static void grow_slots(struct proc_world *w)
{
	uint64_t i;

	w->nr_slots = w->nr_slots ? 2 * w->nr_slots : 1024;
	free(w->slots);
	w->slots = xcalloc(w->nr_slots, sizeof(*w->slots));
	for (i = 0; i < w->files.nr; i++)
		*slot_of(w, w->files.at[i].dev, w->files.at[i].ino) = i + 1;
}

/**
 * proc_file_find() - The file with a device and an inode number.
 * @w: The world, which gets the file if it was not met before.
 * @dev: Its device.
 * @ino: Its inode number.
 * @pid: A process that maps it.
 *
 * Return: Its index.
 */
uint32_t proc_file_find(struct proc_world *w, uint64_t dev, uint64_t ino, pid_t pid)
{
	struct proc_file *file;
	uint32_t *slot;

	if (2 * w->files.nr >= w->nr_slots)
		grow_slots(w);
	slot = slot_of(w, dev, ino);
	if (*slot)
		return *slot - 1;
	file = proc_push(w, &w->files);
	*slot = w->files.nr;
	*file = (struct proc_file){
		.dev = dev, .ino = ino, .as = w->files.nr - 1,
		.first = PROC_NONE, .last = PROC_NONE,
		.frames = proc_fs_of(w, dev, pid) == FS_OVERLAY,
	};
	return w->files.nr - 1;
}

static void add_mount(struct proc_world *w, uint64_t dev, enum proc_fs fs)
{
	struct proc_mount *mount = proc_push(w, &w->mounts);

	mount->dev = dev;
	mount->fs = fs;
}

static const struct proc_mount *find_mount(const struct proc_world *w, uint64_t dev)
{
	uint64_t i;

	for (i = 0; i < w->mounts.nr; i++)
		if (w->mounts.at[i].dev == dev)
			return &w->mounts.at[i];
	return NULL;
}

static enum proc_fs fs_named(const char *type)
{
	static const char *const remote[] = {
		"fuse", "nfs", "cifs", "smb3", "9p", "ceph", "afs", "virtiofs", "orangefs", "coda",
	};
	size_t i;

	if (!strncmp(type, "overlay ", strlen("overlay ")))
		return FS_OVERLAY;
	if (!strncmp(type, "hugetlbfs ", strlen("hugetlbfs ")))
		return FS_HUGE;
	for (i = 0; i < sizeof(remote) / sizeof(*remote); i++)
		if (!strncmp(type, remote[i], strlen(remote[i])))
			return FS_REMOTE;
	return FS_OTHER;
}

/* A line of mountinfo: "id parent major:minor … - type source options". */
static void take_mount(struct proc_world *w, const char *line)
{
	const char *type = strstr(line, " - ");
	uint64_t dev;
	char *end;

	strtoul(line, &end, 10);
	strtoul(end, &end, 10);
	dev = strtoul(end, &end, 10) << 32;
	if (!type || *end != ':')
		return;
	dev |= strtoul(end + 1, NULL, 10);
	if (!find_mount(w, dev))
		add_mount(w, dev, fs_named(type + strlen(" - ")));
}

static void read_mounts(struct proc_world *w, pid_t pid)
{
	int fd = proc_open(pid, "mountinfo");
	char *text = NULL, *rest, *line;
	size_t size = 0;

	if (fd < 0)
		return;
	if (proc_read(fd, &text, &size) > 0)
		for (rest = text; (line = strsep(&rest, "\n")); )
			take_mount(w, line);
	free(text);
	close(fd);
}

/* The tmpfs of memfd, which is mounted nowhere. */
static void find_kernel_tmpfs(struct proc_world *w)
{
	int fd = memfd_create("libshare-top", MFD_CLOEXEC);
	struct stat st;

	if (fd >= 0 && !fstat(fd, &st))
		add_mount(w, (uint64_t)major(st.st_dev) << 32 | minor(st.st_dev),
			  FS_KERNEL);
	if (fd >= 0)
		close(fd);
}

/**
 * proc_fs_of() - The kind of file system that has a device.
 * @w: The world.
 * @dev: The device.
 * @pid: A process that maps a file of it: its mounts count beside those of this process.
 *
 * Return: The kind.
 */
enum proc_fs proc_fs_of(struct proc_world *w, uint64_t dev, pid_t pid)
{
	const struct proc_mount *mount;

	if (!w->mounts.nr) {
		find_kernel_tmpfs(w);
		read_mounts(w, getpid());
	}
	mount = find_mount(w, dev);
	if (!mount) {
		read_mounts(w, pid);
		mount = find_mount(w, dev);
	}
	if (!mount) {
		add_mount(w, dev, FS_UNKNOWN);
		return FS_UNKNOWN;
	}
	return mount->fs;
}

/* Follow @as to the file that stands for all. */
static uint32_t stands_for(const struct proc_world *w, uint32_t file)
{
	while (w->files.at[file].as != file)
		file = w->files.at[file].as;
	return file;
}

struct frame {
	uint64_t pfn, index;
	uint32_t file;
};

static int by_frame(const void *a, const void *b)
{
	const struct frame *x = a, *y = b;

	return order(x->pfn, y->pfn) ?: order(x->index, y->index) ?: order(x->file, y->file);
}

/**
 * proc_files_merge() - Find files that have the same page cache.
 * @w: The world, where all entries were read. Sets @as of the files.
 */
void proc_files_merge(struct proc_world *w)
{
	PROC_ARRAY(struct frame, frames) = { 0 };
	uint64_t i, j, k;

	for (i = 0; i < w->files.nr && !w->files.at[i].frames; i++)
		;
	if (i == w->files.nr)
		return;
	for (i = 0; i < w->mappings.nr; i++) {
		const struct proc_mapping *m = &w->mappings.at[i];

		if (!w->files.at[m->file].frames)
			continue;
		for (j = 0; j < m->nr_runs; j++) {
			const struct proc_run *run = &w->runs.at[m->run + j];

			for (k = 0; run->pfn && k < run->count; k++)
				*proc_push(w, &frames) = (struct frame){
					run->pfn + k, run->first + k, m->file };
		}
	}
	if (frames.nr)
		qsort(frames.at, frames.nr, sizeof(*frames.at), by_frame);
	for (i = 1; i < frames.nr; i++) {
		uint32_t a = stands_for(w, frames.at[i - 1].file);
		uint32_t b = stands_for(w, frames.at[i].file);

		if (frames.at[i - 1].pfn != frames.at[i].pfn ||
		    frames.at[i - 1].index != frames.at[i].index || a == b)
			continue;
		w->files.at[a > b ? a : b].as = a > b ? b : a;
		w->files.at[a].executable |= w->files.at[b].executable;
		w->files.at[b].executable |= w->files.at[a].executable;
	}
	for (i = 0; i < w->files.nr; i++)
		w->files.at[i].as = stands_for(w, i);
	w->bytes -= frames.room * sizeof(*frames.at);
	free(frames.at);
}
