// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a library's file is, by the link in map_files that leads to it. It is opened for
 * reading only after it is known to be a regular file, on no file system where that
 * may take forever.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "data/alloc.h"
#include "data/text.h"
#include "data/proc/files.h"
#include "data/proc/library.h"
#include "data/proc/tables.h"

#define TRIES 8			/* mappings that are tried, since their processes may end */

#ifndef STATX_ATTR_DAX
#define STATX_ATTR_DAX 0x00200000
#endif

/* In a table: as the module prints it, safe to show. */
static const char *keep(struct proc_world *w, const char *text)
{
	return proc_keep(w->snap, text, strlen(text));
}

static bool stat_fd(int fd, struct statx *st)
{
	return !statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_BASIC_STATS, st);
}

static uint64_t dev_of(const struct statx *st)
{
	return (uint64_t)st->stx_dev_major << 32 | st->stx_dev_minor;
}

/* By its name, without the right to follow map_files: it may be another file by now. */
static int open_name(const struct proc_file *file, const char *path)
{
	int fd = open(path, O_PATH | O_CLOEXEC);
	struct statx st;

	if (fd < 0)
		return -1;
	if (stat_fd(fd, &st) && dev_of(&st) == file->dev && st.stx_ino == file->ino)
		return fd;
	close(fd);
	return -1;
}

#ifndef RESOLVE_CACHED
#define RESOLVE_CACHED 0x20
#endif

/*
 * Most paths are good and known to the kernel: then this is by far the cheapest way
 * (Linux 5.12). No other file system is asked for anything; without symbolic links, a
 * user without rights cannot put a device there.
 */
static int open_cached(const struct proc_file *file, struct statx *st)
{
	struct open_how how = {
		.flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
		.resolve = RESOLVE_CACHED | RESOLVE_NO_SYMLINKS,
	};
	int fd = syscall(SYS_openat2, AT_FDCWD, file->path, &how, sizeof(how));

	if (fd < 0)
		return -1;
	if (stat_fd(fd, st) && dev_of(st) == file->dev && st->stx_ino == file->ino)
		return fd;
	close(fd);
	return -1;
}

/* The file of one of the mappings, as a mere path: -1 if there is no way to it. */
static int open_library(struct proc_world *w, const struct proc_file *file,
			bool remote, char path[PATH_MAX])
{
	uint32_t at = file->first;
	int fd = -1, tries = 0;
	ssize_t len = -1;

	for (; fd < 0 && at != PROC_NONE && tries < TRIES; tries++) {
		const struct proc_mapping *m = &w->mappings.at[at];
		char link[96];

		snprintf(link, sizeof(link), "/proc/%d/map_files/%" PRIx64 "-%" PRIx64,
			 w->processes.at[m->process].pid, m->start, m->end);
		fd = open(link, O_PATH | O_CLOEXEC);
		if (fd >= 0)
			snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
		len = readlink(link, path, PATH_MAX - 1);
		if (len > 0) {
			path[len] = '\0';
			if (fd < 0 && !remote)
				fd = open_name(&w->files.at[m->file], path);
		}
		at = m->next;
	}
	if (len <= 0)
		memcpy(path, "-", sizeof("-"));
	return fd;
}

/*
 * The kernel writes a word behind the name of what is unlinked. A file may also have
 * that word in its name: then this name leads to it.
 */
static void take_path(struct proc_world *w, struct proc_library *lib, char *path)
{
	static const char mark[] = " (deleted)";
	size_t len = strlen(path);
	struct statx st;

	if (len > strlen(mark) && !strcmp(path + len - strlen(mark), mark) &&
	    (statx(AT_FDCWD, path, AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT, STATX_INO, &st) ||
	     dev_of(&st) != lib->stat_dev || st.stx_ino != lib->stat_ino)) {
		lib->unlinked = true;
		path[len - strlen(mark)] = '\0';
	}
	lib->path = keep(w, path);
}

static bool is_library(enum proc_fs fs, int fd, const struct statx *st, const char *path)
{
	if (fs == FS_HUGE)
		return false;
	/* Shared memory without a file lies there too. */
	if (fs == FS_KERNEL)
		return !strncmp(path, "/memfd:", strlen("/memfd:"));
	if (fd < 0)
		return strncmp(path, "/dev/", strlen("/dev/"));
	return S_ISREG(st->stx_mode) && !(st->stx_attributes & STATX_ATTR_DAX);
}

/* Open for reading what was found by a mere path. */
static int reopen(int fd)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
}

static void take_stat(struct proc_library *lib, const struct statx *st)
{
	lib->size = st->stx_size;
	lib->stat_dev = dev_of(st);
	lib->stat_ino = st->stx_ino;
}

/* What can only be had of a file that is open for reading, and is closed then. */
static void read_file(struct proc_world *w, int fd, enum proc_fs fs,
		      struct proc_library *lib)
{
	proc_cache_read(&lib->cache, fd, lib->size, fs == FS_OVERLAY,
			proc_wants(w, PAGES) ||
			proc_wants(w, HISTOGRAM));
	if (w->read_buildid)
		lib->buildid = w->read_buildid(w->snap, fd);
	close(fd);
}

/* Find the file by one of its mappings, and what it is. */
static bool find_library(struct proc_world *w, const struct proc_file *f, enum proc_fs fs,
			 struct proc_library *lib, struct statx *st)
{
	char path[PATH_MAX];
	int found = open_library(w, f, fs == FS_REMOTE, path), fd = -1;
	bool yes;

	if (found >= 0 && !stat_fd(found, st)) {
		close(found);
		found = -1;
	}
	yes = is_library(fs, found, st, path);
	if (yes && found >= 0) {
		take_stat(lib, st);
		fd = fs == FS_REMOTE ? -1 : reopen(found);
	}
	if (yes)
		take_path(w, lib, path);
	if (fd >= 0)
		read_file(w, fd, fs, lib);
	if (found >= 0)
		close(found);
	return yes;
}

/**
 * proc_library_read() - Find out what a mapped file is.
 * @w: The world.
 * @file: The file, which some process maps executable.
 * @lib: Set to what is known of it. The run of @cache is for free().
 *
 * Return: Whether it is a library.
 */
bool proc_library_read(struct proc_world *w, uint32_t file, struct proc_library *lib)
{
	const struct proc_file *f = &w->files.at[file];
	pid_t pid = w->processes.at[w->mappings.at[f->first].process].pid;
	enum proc_fs fs = proc_fs_of(w, f->dev, pid);
	struct statx st = { 0 };
	int fd = -1;

	*lib = (struct proc_library){
		.size = UNKNOWN, .cache.pages = UNKNOWN,
	};
	if (fs == FS_OTHER && f->path)
		fd = open_cached(f, &st);
	if (fd < 0)
		return find_library(w, f, fs, lib, &st);
	if (!is_library(fs, fd, &st, f->path)) {
		close(fd);
		return false;
	}
	take_stat(lib, &st);
	lib->path = keep(w, f->path);
	read_file(w, fd, fs, lib);
	return true;
}
