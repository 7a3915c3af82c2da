// SPDX-License-Identifier: GPL-2.0-only
/*
 * Opening the very file that a process maps: also when it was deleted, or lies
 * in a container. Any user may have made the file and what leads to it, so nothing
 * is opened for reading before it is known to be the file of the row.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "data/alloc.h"
#include "data/elffile.h"
#include "data/text.h"

#define TRIES 4			/* processes that are tried, since they may have ended */
#define MAX_READ (1ull << 30)	/* bytes that are read of all files together */

/*
 * Whether @fd is the file of @lib. Device and inode say so, but on two file systems
 * which show others than the page cache has: on btrfs, the device is that of a
 * subvolume, and on an overlay, that of the overlay; its inode number is that of the
 * layer below, unless the layers are on several file systems.
 */
static bool is_file_of(int fd, const struct library *lib, bool is_mapping)
{
	struct statfs fs;
	struct stat st;
	char dev[32];

	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || (uint64_t)st.st_size != lib->size)
		return false;
	snprintf(dev, sizeof(dev), "%u:%u", major(st.st_dev), minor(st.st_dev));
	if (!strcmp(dev, lib->dev))
		return st.st_ino == lib->ino;
	if (fstatfs(fd, &fs))
		return false;
	switch (fs.f_type) {
	case BTRFS_SUPER_MAGIC:
		return st.st_ino == lib->ino;
	case OVERLAYFS_SUPER_MAGIC:
		return st.st_ino == lib->ino || is_mapping;
	}
	return false;
}

/* Open for reading what @found, which was opened as a mere path, stands for. */
static int open_found(int found, const struct library *lib, bool is_mapping)
{
	char *path;
	int fd = -1;

	if (found < 0)
		return -1;
	if (is_file_of(found, lib, is_mapping)) {
		path = xasprintf("/proc/self/fd/%d", found);
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
		free(path);
	}
	close(found);
	return fd;
}

/* By the link that leads to the file of a mapping, whatever that is called by now. */
static int open_mapping(const struct mapping *map, const struct library *lib)
{
	char *path = xasprintf("/proc/%" PRIu64 "/map_files/%" PRIx64 "-%" PRIx64, map->pid,
			       map->start, map->end);
	int found = open(path, O_PATH | O_CLOEXEC);

	free(path);
	return open_found(found, lib, true);
}

/* By its name, which stays below @root however many links it leads through. */
static int open_below(const char *root, const char *name, const struct library *lib)
{
	struct open_how how = {
		.flags = O_PATH | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	int dir = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC), found;

	if (dir < 0)
		return -1;
	found = syscall(SYS_openat2, dir, name, &how, sizeof(how));
	if (found < 0 && errno == ENOSYS)
		errx(2, "this kernel, or a filter of system calls, lacks openat2(): the files of libraries cannot be opened safely");
	close(dir);
	return open_found(found, lib, false);
}

/*
 * The module prints a path as the reader's root has it, where the file can be reached
 * from there; otherwise as its own mount namespace has it.
 */
static int open_name(const struct mapping *map, const struct library *lib)
{
	char *name = xstrdup(lib->path), *root;
	int fd;

	text_unescape(name);
	fd = open_below("/", name, lib);
	if (fd < 0) {
		root = xasprintf("/proc/%" PRIu64 "/root", map->pid);
		fd = open_below(root, name, lib);
		free(root);
	}
	free(name);
	return fd;
}

/* Whether the path is not the file's, but one with its middle left out. */
static bool is_shortened(const struct library *lib)
{
	return strchr(lib->flags, 's');
}

static int open_library(const struct mapping *map, const struct library *lib)
{
	int fd = open_mapping(map, lib);

	return fd < 0 && !is_shortened(lib) ? open_name(map, lib) : fd;
}

/**
 * elf_open() - Open the file of a library of this machine.
 * @snap: A snapshot of this machine, just taken, with mappings.
 * @lib: The library.
 *
 * Return: A descriptor to read from, or -1.
 */
int elf_open(const struct snapshot *snap, const struct library *lib)
{
	const struct mapping *map;
	unsigned int tries = 0;
	int fd = -1;

	for_each(map, snap, MAPPINGS) {
		if (map->lib != lib->lib)
			continue;
		fd = open_library(map, lib);
		if (fd >= 0 || ++tries == TRIES)
			break;
	}
	return fd;
}

/**
 * elf_add() - Read the ELF headers of libraries of this machine.
 * @snap: A snapshot of this machine, just taken, with libraries and mappings.
 * @only: Only this library; NULL: all that have copies.
 */
void elf_add(struct snapshot *snap, const struct library *only)
{
	const struct library *first = (void *)snap->table[LIBRARIES].at, *lib;
	unsigned char *tried = xcalloc(snap->table[LIBRARIES].nr, sizeof(*tried));
	const struct mapping *map;
	const struct elf *elf;
	uint64_t left = MAX_READ;
	int fd;

	snap->has |= HAS(ELF) | HAS(RELOCS);
	for_each(elf, snap, ELF) {
		lib = snapshot_library(snap, elf->lib);
		if (lib)
			tried[lib - first] = TRIES + 1;
	}
	for_each(map, snap, MAPPINGS) {
		lib = snapshot_library(snap, map->lib);
		if (!lib || (only ? lib != only : !lib->cow) || tried[lib - first] >= TRIES)
			continue;
		fd = open_library(map, lib);
		tried[lib - first]++;
		if (fd < 0)
			continue;
		elf_read(snap, lib->lib, fd, &left);
		close(fd);
		tried[lib - first] = TRIES + 1;
	}
	for_each(lib, snap, LIBRARIES)
		if (tried[lib - first] && tried[lib - first] <= TRIES && is_shortened(lib))
			elf_note(snap, lib->lib, NOTE_PATH);
	free(tried);
}
