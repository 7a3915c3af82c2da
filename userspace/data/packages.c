// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which package a library belongs to, by what dpkg and rpm tell. The same path is another
 * file in a container: only the file that this machine has under the path is looked up.
 */
#include <inttypes.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include "data/alloc.h"
#include "data/clock.h"
#include "data/package_files.h"
#include "data/packages.h"
#include "data/text.h"

#define AGAIN 30000000000ull	/* ns before files that are new are asked for */

/* A file that some package may have; its paths are those of this machine. */
struct owned {
	char *path;
	char *package;		/* or NULL */
};

/* What was found for earlier snapshots stays: packages seldom change. */
struct packages {
	struct owned *at;	/* by path */
	size_t nr, room;
	bool new;		/* there are files that were not asked for */
	uint64_t ask_next;	/* when it may be asked again, in ns */
};

static int by_path(const void *a, const void *b)
{
	const struct owned *x = a, *y = b;

	return strcmp(x->path, y->path);
}

static struct owned *find(const struct packages *packages, char *path)
{
	const struct owned key = { .path = path };

	return packages->nr ? bsearch(&key, packages->at, packages->nr,
				      sizeof(key), by_path) : NULL;
}

/* Whether the library is the file that has its path on this machine. */
static bool is_here(const struct library *lib, const char *path)
{
	unsigned int major, minor;
	struct statfs fs;
	struct stat st;

	if (*path != '/' || stat(path, &st) || !S_ISREG(st.st_mode) || st.st_ino != lib->ino ||
	    sscanf(lib->dev, "%u:%u", &major, &minor) != 2)
		return false;
	/* A subvolume of btrfs shows stat() a device of its own. */
	return st.st_dev == makedev(major, minor) ||
	       (!statfs(path, &fs) && fs.f_type == BTRFS_SUPER_MAGIC);
}

static void add(struct packages *packages, const char *path)
{
	if (packages->nr == packages->room) {
		packages->room = packages->room ? 2 * packages->room : 64;
		packages->at = xrealloc(packages->at, packages->room, sizeof(*packages->at));
	}
	packages->at[packages->nr++] = (struct owned){ .path = xstrdup(path) };
}

/* Files that were not looked up before. */
static void add_files(struct packages *packages, const struct snapshot *snap)
{
	struct packages new = { 0 };
	const struct library *lib;
	size_t i;

	for_each(lib, snap, LIBRARIES) {
		char *path = xstrdup(lib->path);

		text_unescape(path);
		if (!find(packages, path) && is_here(lib, path))
			add(&new, path);
		free(path);
	}
	for (i = 0; i < new.nr; i++) {
		add(packages, new.at[i].path);
		free(new.at[i].path);
	}
	free(new.at);
	if (!new.nr)
		return;
	qsort(packages->at, packages->nr, sizeof(*packages->at), by_path);
	packages->new = true;
}

static void take_path(struct packages *packages, char *path, const char *package)
{
	struct owned *owned = find(packages, path);

	if (owned && !owned->package)
		owned->package = text_escape(package);
}

/* Lists have paths as of before /lib became a link to /usr/lib, or as of after. */
static void take_file(void *data, char *path, const char *package)
{
	char *usr;

	take_path(data, path, package);
	if (strncmp(path, "/lib", 4) && strncmp(path, "/bin/", 5) && strncmp(path, "/sbin/", 6))
		return;
	usr = xasprintf("/usr%s", path);
	take_path(data, usr, package);
	free(usr);
}

static void ask(struct packages *packages)
{
	uint64_t now = clock_ns(CLOCK_MONOTONIC);

	if (!packages->new || now < packages->ask_next)
		return;
	package_files(take_file, packages);
	packages->new = false;
	packages->ask_next = now + AGAIN;
}

/**
 * packages_find() - Find the packages of all libraries.
 * @snap: A snapshot of this machine, just taken.
 *
 * Return: What packages_of() looks them up in; good until the program ends.
 */
struct packages *packages_find(const struct snapshot *snap)
{
	static struct packages packages;

	add_files(&packages, snap);
	ask(&packages);
	return &packages;
}

/**
 * packages_of() - The package that a library belongs to.
 * @packages: What packages_find() returned.
 * @lib: The library.
 *
 * Return: Its name, safe to show; NULL if no package has it.
 */
const char *packages_of(const struct packages *packages, const struct library *lib)
{
	char *path = xstrdup(lib->path);
	const struct owned *owned;

	text_unescape(path);
	owned = find(packages, path);
	if (owned && !is_here(lib, path))
		owned = NULL;
	free(path);
	return owned ? owned->package : NULL;
}
