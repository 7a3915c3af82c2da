// SPDX-License-Identifier: GPL-2.0-only
/* Which group a process or a library belongs to; one function for each kind of group. */
#include <inttypes.h>

#include "data/alloc.h"
#include "data/container.h"
#include "data/names.h"
#include "views/labels.h"

const char *const bys[BYS] = {
	[BY_CGROUP] = "cgroup",
	[BY_CONTAINER] = "container",
	[BY_SERVICE] = "service",
	[BY_USER] = "user",
	[BY_PROGRAM] = "program",
	[BY_PACKAGE] = "package",
};

static struct label plain(const char *name)
{
	return (struct label){ name, name, "-", "-", "-" };
}

/**
 * by_find() - Which kind of groups has a name.
 * @name: The name.
 * @by: Set to the kind.
 *
 * Return: Whether there is one.
 */
bool by_find(const char *name, enum by *by)
{
	size_t i;

	for (i = 0; i < BYS; i++) {
		if (!strcmp(bys[i], name)) {
			*by = i;
			return true;
		}
	}
	return false;
}

/**
 * by_is_path() - Whether a kind of group follows from the path of the control group.
 * @by: The kind.
 *
 * Return: Whether it does, so that all of a control group is in one group.
 */
bool by_is_path(enum by by)
{
	return by == BY_CGROUP || by == BY_CONTAINER || by == BY_SERVICE || by == BY_NOTHING;
}

/**
 * by_names() - Which names a kind of group has to know.
 * @by: The kind.
 *
 * Return: What names_add() takes.
 */
unsigned int by_names(enum by by)
{
	switch (by) {
	case BY_CONTAINER:
		return NAMES_OF(NAME_CONTAINER);
	case BY_USER:
		return NAMES_OF(NAME_USER);
	case BY_PROGRAM:
		return NAMES_OF(NAME_PROGRAM);
	case BY_PACKAGE:
		return NAMES_OF(NAME_PACKAGE);
	default:
		return 0;
	}
}

/* A container without a name is called by so much of its id as engines show. */
static struct label of_container(struct snapshot *snap, const char *cgroup)
{
	struct label label = plain("-");
	const struct name *name;
	struct container c;

	if (!container_find(cgroup, &c))
		return label;
	name = c.has_id ? names_find(snap, NAME_CONTAINER, c.id) : NULL;
	label.id = snapshot_keep(snap, c.id);
	label.engine = c.engine;
	if (name) {
		label.name = name->name;
		label.namespace = name->namespace;
		label.pod = name->pod;
	} else {
		if (c.has_id)
			c.id[CONTAINER_SHORT] = '\0';
		label.name = snapshot_keep(snap, c.id);
	}
	return label;
}

/**
 * label_is_container() - Whether a control group belongs to a container.
 * @snap: The snapshot, with names of containers.
 * @cgroup: Path of the control group.
 * @wanted: The container's name, or as much of its id as engines show, or more.
 *
 * Return: Whether it does.
 */
bool label_is_container(const struct snapshot *snap, const char *cgroup, const char *wanted)
{
	size_t len = strlen(wanted);
	const struct name *name;
	struct container c;

	if (!container_find(cgroup, &c))
		return false;
	if (!c.has_id)
		return !strcmp(c.id, wanted);
	name = names_find(snap, NAME_CONTAINER, c.id);
	return (name && !strcmp(name->name, wanted)) ||
	       (len >= CONTAINER_SHORT && !strncmp(c.id, wanted, len));
}

static bool is_unit(const char *name, size_t len)
{
	static const char *const kinds[] = { ".service", ".scope", ".socket", ".mount", ".swap" };
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		size_t tail = strlen(kinds[i]);

		if (len > tail && !memcmp(name + len - tail, kinds[i], tail))
			return true;
	}
	return false;
}

/* The unit of the system's manager; below a user's manager, that and the user's unit. */
static struct label of_service(struct snapshot *snap, const char *cgroup)
{
	const char *unit = NULL, *name = cgroup, *kept;
	size_t unit_len = 0, len;
	char *both;

	for (; *name; name += len) {
		name += *name == '/';
		len = strcspn(name, "/");
		if (!is_unit(name, len))
			continue;
		if (!unit) {
			unit = name;
			unit_len = len;
			/* Only a user's manager has units of its own below. */
			if (!strncmp(unit, "user@", 5))
				continue;
			name = "";
		}
		break;
	}
	if (!unit)
		return plain("-");
	both = *name ? xasprintf("%.*s/%.*s", (int)unit_len, unit, (int)len, name) :
		       xasprintf("%.*s", (int)unit_len, unit);
	kept = snapshot_keep(snap, both);
	free(both);
	return plain(kept);
}

/**
 * label_path() - The group of a control group.
 * @snap: The snapshot, where texts are kept.
 * @by: A kind that by_is_path().
 * @cgroup: Path of the control group.
 *
 * Return: The group.
 */
struct label label_path(struct snapshot *snap, enum by by, const char *cgroup)
{
	switch (by) {
	case BY_CONTAINER:
		return of_container(snap, cgroup);
	case BY_SERVICE:
		return of_service(snap, cgroup);
	case BY_CGROUP:
		return plain(cgroup);
	default:
		return plain("-");
	}
}

static struct label of_user(struct snapshot *snap, uint64_t uid)
{
	const struct name *name = names_number(snap, NAME_USER, uid);
	char text[24];
	struct label label;

	if (uid == UNKNOWN)
		return plain("-");
	snprintf(text, sizeof(text), "%" PRIu64, uid);
	label = plain(snapshot_keep(snap, text));
	if (name)
		label.name = name->name;
	return label;
}

static struct label of_program(const struct snapshot *snap, const struct process *proc)
{
	const struct name *name = names_number(snap, NAME_PROGRAM, proc->pid);

	return plain(name && strcmp(name->name, "-") ? name->name : proc->comm);
}

/**
 * label_process() - The group of a process.
 * @snap: The snapshot, where texts are kept.
 * @by: Any kind but packages.
 * @proc: The process.
 *
 * Return: The group.
 */
struct label label_process(struct snapshot *snap, enum by by, const struct process *proc)
{
	switch (by) {
	case BY_USER:
		return of_user(snap, proc->uid);
	case BY_PROGRAM:
		return of_program(snap, proc);
	default:
		return label_path(snap, by, proc->cgroup);
	}
}

/**
 * label_library() - The package of a library.
 * @snap: The snapshot.
 * @lib: The library.
 *
 * Return: The package.
 */
struct label label_library(const struct snapshot *snap, const struct library *lib)
{
	const struct name *name = names_number(snap, NAME_PACKAGE, lib->lib);

	return plain(name ? name->name : "-");
}
