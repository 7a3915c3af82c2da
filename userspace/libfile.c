// SPDX-License-Identifier: GPL-2.0-only
/*
 * Opening the very file that a process maps: also when it was deleted, or lies
 * in a container.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alloc.h"
#include "elffile.h"
#include "text.h"

static int open_checked(const char *path, const struct libshare_library *lib, bool is_mapping)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;

	if (fd < 0)
		return -1;
	/* Overlays show other inode numbers; a mapping is no other file for that. */
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) &&
	    (uint64_t)st.st_size == lib->size && (is_mapping || st.st_ino == lib->ino))
		return fd;
	close(fd);
	return -1;
}

static int open_mapping(const struct libshare_mapping *map, const struct libshare_library *lib)
{
	char *path = xasprintf("/proc/%" PRIu64 "/map_files/%" PRIx64 "-%" PRIx64, map->pid,
			       map->start, map->end);
	int fd = open_checked(path, lib, true);
	char *name;

	free(path);
	if (fd >= 0)
		return fd;
	name = xstrdup(lib->path);
	libshare_text_unescape(name);
	path = xasprintf("/proc/%" PRIu64 "/root%s", map->pid, name);
	fd = open_checked(path, lib, false);
	free(path);
	free(name);
	return fd;
}

static bool is_known(const struct libshare_snapshot *snap, uint64_t lib)
{
	const struct libshare_elf *elf;

	libshare_for_each(elf, snap, LIBSHARE_ELF)
		if (elf->lib == lib)
			return true;
	return false;
}

/**
 * libshare_elf_add() - Read the ELF headers of libraries of this machine.
 * @snap: A snapshot of this machine, just taken, with libraries and mappings.
 * @only: Only this library; NULL: all that have copies.
 */
void libshare_elf_add(struct libshare_snapshot *snap, const struct libshare_library *only)
{
	const struct libshare_library *lib;
	const struct libshare_mapping *map;
	uint64_t *tried = xcalloc(snap->table[LIBSHARE_LIBRARIES].nr, sizeof(*tried));
	const struct libshare_library *first = (void *)snap->table[LIBSHARE_LIBRARIES].at;

	snap->has |= LIBSHARE_HAS(LIBSHARE_ELF) | LIBSHARE_HAS(LIBSHARE_RELOCS);
	libshare_for_each(map, snap, LIBSHARE_MAPPINGS) {
		int fd;

		lib = libshare_snapshot_library(snap, map->lib);
		/* A process may have ended: some others are tried. */
		if (!lib || (only ? lib != only : !lib->cow) || tried[lib - first] > 3)
			continue;
		if (!tried[lib - first] && is_known(snap, lib->lib)) {
			tried[lib - first] = UINT64_MAX;
			continue;
		}
		fd = open_mapping(map, lib);
		tried[lib - first]++;
		if (fd < 0)
			continue;
		libshare_elf_read(snap, lib->lib, fd);
		tried[lib - first] = UINT64_MAX;
		close(fd);
	}
	free(tried);
}
