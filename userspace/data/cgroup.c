// SPDX-License-Identifier: GPL-2.0-only
/* Which control groups a user means: a subtree, or all subtrees that match a glob. */
#include <fnmatch.h>
#include <string.h>

#include "data/alloc.h"
#include "data/cgroup.h"
#include "data/text.h"

#define MOUNT "/sys/fs/cgroup"

static bool is_glob(const char *text)
{
	return strpbrk(text, "*?[");
}

/**
 * cgroup_may_be_name() - Whether the argument of --cgroup may name a container.
 * @text: The argument.
 *
 * Return: Whether it is neither a path of several parts nor a glob.
 */
bool cgroup_may_be_name(const char *text)
{
	return *text && !strchr(text, '/') && !is_glob(text);
}

/**
 * cgroup_wanted() - Take the argument of --cgroup.
 * @text: A path from the root of the hierarchy, with or without the slash before it, or
 *        below the place where the hierarchy is mounted; or a glob of such paths. A glob
 *        without a slash is for the name of any group on the way.
 *
 * Return: It as cgroup_is_within() takes it, for free().
 */
char *cgroup_wanted(const char *text)
{
	const size_t len = strlen(MOUNT);
	char *escaped, *path;
	size_t end;

	if (!strncmp(text, MOUNT, len) && (!text[len] || text[len] == '/'))
		text = text[len] ? text + len : "/";
	escaped = text_escape(text);
	if (*escaped == '/' || (is_glob(escaped) && !strchr(escaped, '/')))
		path = xstrdup(escaped);
	else
		path = xasprintf("/%s", escaped);
	free(escaped);
	for (end = strlen(path); end && path[end - 1] == '/'; end--)
		path[end - 1] = '\0';
	return path;
}

/* Whether the glob matches a group on the way from the root to @cgroup. */
static bool any_matches(const char *cgroup, const char *glob)
{
	char *path = xstrdup(cgroup), *end = path, *last;
	bool found = false;

	while (*end && !found) {
		char next;

		last = end;
		end += 1 + strcspn(end + 1, "/");
		next = *end;
		*end = '\0';
		/* A backslash is an escape of the tables, and stands for itself here. */
		found = !fnmatch(glob, *glob == '/' ? path : last + 1,
				 FNM_PATHNAME | FNM_NOESCAPE);
		*end = next;
	}
	free(path);
	return found;
}

/**
 * cgroup_is_within() - Whether a control group is wanted, or lies below one that is.
 * @cgroup: Path of the group, as tables have it.
 * @wanted: What cgroup_wanted() returned.
 *
 * Return: Whether it is.
 */
bool cgroup_is_within(const char *cgroup, const char *wanted)
{
	size_t len = strlen(wanted);

	if (*cgroup != '/')
		return false;
	if (is_glob(wanted))
		return any_matches(cgroup, wanted);
	return !strncmp(cgroup, wanted, len) && (!cgroup[len] || cgroup[len] == '/');
}
