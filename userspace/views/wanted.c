// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which library --library means. A path may belong to several files (one that was
 * replaced is still mapped), a file may have several names, and users type the last
 * part of a path, or a glob. The answer is one library, or a list to choose from.
 */
#include <fnmatch.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "data/alloc.h"
#include "data/text.h"
#include "views/wanted.h"

#define LISTED 4	/* libraries that are named if there are several */

static void set_identity(struct wanted *wanted, const char *text, bool here)
{
	unsigned int major, minor;
	uint64_t ino;
	struct stat st;
	char *real;
	int end = 0;

	if (sscanf(text, "%u:%u:%" SCNu64 "%n", &major, &minor, &ino, &end) == 3 && !text[end]) {
		snprintf(wanted->dev, sizeof(wanted->dev), "%u:%u", major, minor);
		wanted->ino = ino;
		return;
	}
	if (!here || stat(text, &st) || !S_ISREG(st.st_mode)) {
		if (!text[strspn(text, "0123456789")])
			wanted->ino = strtoull(text, NULL, 10);
		return;
	}
	snprintf(wanted->dev, sizeof(wanted->dev), "%u:%u", major(st.st_dev), minor(st.st_dev));
	wanted->ino = st.st_ino;
	real = realpath(text, NULL);
	if (real)
		wanted->path = text_escape(real);
	free(real);
}

/**
 * wanted_set() - Take the argument of --library.
 * @wanted: Set to what it says.
 * @text: A path, the last part of a path, a glob, an inode, or MAJOR:MINOR:INODE.
 * @here: Whether the libraries are those of this machine, where links lead to files.
 */
void wanted_set(struct wanted *wanted, const char *text, bool here)
{
	*wanted = (struct wanted){ .text = text_escape(text) };
	set_identity(wanted, text, here);
}

/**
 * wanted_this() - Want one library that is known.
 * @path: Its path, which has to stay.
 * @dev: Its device.
 * @ino: Its inode.
 *
 * Return: What wants it.
 */
struct wanted wanted_this(const char *path, const char *dev, uint64_t ino)
{
	struct wanted wanted = { .text = path, .path = path, .ino = ino };

	snprintf(wanted.dev, sizeof(wanted.dev), "%s", dev);
	return wanted;
}

static bool is_identity(const struct wanted *wanted, const struct library *lib)
{
	return *wanted->dev && lib->ino == wanted->ino && !strcmp(lib->dev, wanted->dev);
}

static bool is_path(const struct wanted *wanted, const struct library *lib)
{
	return !strcmp(lib->path, wanted->text) ||
	       (wanted->path && !strcmp(lib->path, wanted->path));
}

static bool is_name(const struct wanted *wanted, const struct library *lib)
{
	const char *slash = strrchr(lib->path, '/');

	return slash && !strcmp(slash + 1, wanted->text);
}

/* Where several file systems have the number, all of these are listed to choose from. */
static bool is_inode(const struct wanted *wanted, const struct library *lib)
{
	return !*wanted->dev && wanted->ino && lib->ino == wanted->ino;
}

static bool is_glob(const struct wanted *wanted, const struct library *lib)
{
	const char *slash = strrchr(lib->path, '/');

	return strpbrk(wanted->text, "*?[") &&
	       (!fnmatch(wanted->text, lib->path, 0) ||
		(slash && !fnmatch(wanted->text, slash + 1, 0)));
}

static bool is_unlinked(const struct library *lib)
{
	return strchr(lib->flags, 'd');
}

/* The libraries that are meant in one way; those that were unlinked only if all were. */
struct found {
	const struct library *at[LISTED];
	size_t nr;
	bool unlinked;
};

static void add(struct found *found, const struct library *lib)
{
	if (found->nr && is_unlinked(lib) && !found->unlinked)
		return;
	if (found->nr && found->unlinked && !is_unlinked(lib))
		found->nr = 0;
	found->unlinked = is_unlinked(lib);
	if (found->nr < LISTED)
		found->at[found->nr] = lib;
	found->nr++;
}

static void explain_several(const struct wanted *wanted, const struct found *found,
			    char *why, size_t size)
{
	size_t len, i;

	len = snprintf(why, size, "--library '%s' matches %zu libraries: use one of",
		       wanted->text, found->nr);
	for (i = 0; i < found->nr && i < LISTED && len < size; i++) {
		const struct library *lib = found->at[i];

		/* Equal paths do not tell them apart. */
		if (!strcmp(lib->path, found->at[!i]->path))
			len += snprintf(why + len, size - len, " %s:%" PRIu64, lib->dev, lib->ino);
		else
			len += snprintf(why + len, size - len, " %s", lib->path);
	}
	if (found->nr > LISTED && len < size)
		snprintf(why + len, size - len, " ...");
}

/**
 * wanted_find() - Find the library that --library names.
 * @wanted: What it says.
 * @snap: A snapshot with libraries.
 * @why: Set to why there is not exactly one, or to nothing if there is none.
 * @size: Bytes of @why.
 *
 * Return: It, or NULL.
 */
const struct library *wanted_find(const struct wanted *wanted,
				  const struct snapshot *snap,
				  char *why, size_t size)
{
	/* What says most comes first. */
	static bool (*const ways[])(const struct wanted *wanted,
				    const struct library *lib) = {
		is_identity, is_path, is_name, is_inode, is_glob
	};
	const struct library *lib;
	size_t i;

	*why = '\0';
	for (i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		struct found found = { 0 };

		for_each(lib, snap, LIBRARIES)
			if (ways[i](wanted, lib))
				add(&found, lib);
		if (found.nr == 1)
			return found.at[0];
		/* Of some file systems, the tables cannot show what tells two files apart. */
		if (found.nr && (ways[i] != is_identity || !wanted->path)) {
			explain_several(wanted, &found, why, size);
			return NULL;
		}
	}
	return NULL;
}
