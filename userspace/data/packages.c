// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which package a library belongs to, by the lists of files that dpkg keeps, or by what rpm
 * tells. The same path is another file in a container: only the file that this machine has
 * under the path is looked up.
 */
#include <dirent.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <time.h>

#include "data/alloc.h"
#include "data/packages.h"
#include "data/rpm.h"
#include "data/text.h"

#define LISTS "/var/lib/dpkg/info"
#define AGAIN 30	/* seconds before rpm is asked about files that are new */

/* A file that some package may have; its paths are those of this machine. */
struct owned {
	char *path;
	char *package;		/* or NULL */
	bool asked;		/* rpm was asked for it */
};

/* What was found for earlier snapshots stays: packages seldom change. */
struct packages {
	struct owned *at;	/* by path */
	size_t nr, room;
	time_t ask_next;	/* when rpm may be asked again */
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
static size_t add_files(struct packages *packages, const struct snapshot *snap)
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
	if (new.nr)
		qsort(packages->at, packages->nr, sizeof(*packages->at), by_path);
	return new.nr;
}

static void take_path(struct packages *packages, char *path, const char *package)
{
	struct owned *owned = find(packages, path);

	if (owned && !owned->package)
		owned->package = xstrdup(package);
}

/* Lists have paths as of before /lib became a link to /usr/lib, or as of after. */
static void take(struct packages *packages, char *path, const char *package)
{
	char *usr;

	take_path(packages, path, package);
	if (strncmp(path, "/lib", 4) && strncmp(path, "/bin/", 5) && strncmp(path, "/sbin/", 6))
		return;
	usr = xasprintf("/usr%s", path);
	take_path(packages, usr, package);
	free(usr);
}

static void read_list(struct packages *packages, FILE *file, const char *package)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t len;

	while ((len = getline(&line, &room, file)) > 0) {
		if (line[len - 1] == '\n')
			line[len - 1] = '\0';
		take(packages, line, package);
	}
	free(line);
}

static void read_lists(struct packages *packages)
{
	DIR *folder = opendir(LISTS);
	struct dirent *entry;

	while (folder && (entry = readdir(folder))) {
		char *name = entry->d_name, *dot = strrchr(name, '.'), *path, *package;
		FILE *file;

		if (!dot || strcmp(dot, ".list"))
			continue;
		path = xasprintf(LISTS "/%s", name);
		file = fopen(path, "re");
		*dot = '\0';
		package = text_escape(name);
		if (file) {
			read_list(packages, file, package);
			fclose(file);
		}
		free(package);
		free(path);
	}
	if (folder)
		closedir(folder);
}

static void take_rpm(void *data, char *path, const char *package)
{
	char *clean = text_escape(package);

	take(data, path, clean);
	free(clean);
}

/* Files that no list of dpkg has. */
static void ask_rpm(struct packages *packages)
{
	bool any = false;
	struct timespec now;
	size_t i;

	for (i = 0; i < packages->nr; i++)
		any |= !packages->at[i].package && !packages->at[i].asked;
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (!any || now.tv_sec < packages->ask_next || !rpm_is_used())
		return;
	rpm_files(take_rpm, packages);
	for (i = 0; i < packages->nr; i++)
		packages->at[i].asked = true;
	packages->ask_next = now.tv_sec + AGAIN;
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

	if (add_files(&packages, snap))
		read_lists(&packages);
	ask_rpm(&packages);
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
