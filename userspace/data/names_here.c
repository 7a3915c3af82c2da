// SPDX-License-Identifier: GPL-2.0-only
/* Names as they are on this machine; see names.h. */
#include <inttypes.h>
#include <limits.h>
#include <pwd.h>
#include <unistd.h>

#include "data/alloc.h"
#include "data/container_files.h"
#include "data/names.h"
#include "data/packages.h"
#include "data/text.h"

static bool has_user(const struct snapshot *snap, uint64_t uid)
{
	const struct process *proc;

	for_each(proc, snap, PROCESSES)
		if (proc->uid == uid)
			return true;
	return false;
}

/* The file itself: no name service is asked, which may be on another machine. */
static void add_users(struct snapshot *snap)
{
	FILE *file = fopen("/etc/passwd", "re");
	struct passwd *user;

	while (file && (user = fgetpwent(file))) {
		char *clean;

		if (!has_user(snap, user->pw_uid))
			continue;
		clean = text_escape(user->pw_name);
		names_new_number(snap, NAME_USER, user->pw_uid)->name = snapshot_keep(snap, clean);
		free(clean);
	}
	if (file)
		fclose(file);
}

/**
 * names_program() - Which program a process of this machine runs.
 * @snap: Where to keep the text.
 * @pid: The process.
 *
 * Return: The path of the program, safe to show; "-" if it cannot be read.
 */
const char *names_program(struct snapshot *snap, uint64_t pid)
{
	static const char deleted[] = " (deleted)";
	char *link = xasprintf("/proc/%" PRIu64 "/exe", pid), path[PATH_MAX], *text;
	ssize_t len = readlink(link, path, sizeof(path));

	free(link);
	if (len <= 0)
		return "-";
	if ((size_t)len > strlen(deleted) &&
	    !memcmp(path + len - strlen(deleted), deleted, strlen(deleted)))
		len -= strlen(deleted);
	text = snapshot_text(snap, text_clean(path, len, NULL) + 1);
	text[text_clean(path, len, text)] = '\0';
	return text;
}

static void add_programs(struct snapshot *snap)
{
	const struct process *proc;

	for_each(proc, snap, PROCESSES) {
		const char *program = names_program(snap, proc->pid);

		names_new_number(snap, NAME_PROGRAM, proc->pid)->name = program;
	}
}

static void add_packages(struct snapshot *snap)
{
	struct packages *packages = packages_find(snap);
	const struct library *lib;
	const char *package;

	for_each(lib, snap, LIBRARIES) {
		package = packages_of(packages, lib);
		if (package)
			names_new_number(snap, NAME_PACKAGE, lib->lib)->name =
				snapshot_keep(snap, package);
	}
}

/**
 * names_add() - Read names on this machine.
 * @snap: A snapshot of this machine, just taken.
 * @kinds: NAMES_OF() of what is asked for.
 */
void names_add(struct snapshot *snap, unsigned int kinds)
{
	kinds &= ~snap->named;
	snap->named |= kinds;
	snap->has |= HAS(NAMED);
	if (kinds & NAMES_OF(NAME_CONTAINER))
		container_files_add(snap);
	if (kinds & NAMES_OF(NAME_USER))
		add_users(snap);
	if (kinds & NAMES_OF(NAME_PROGRAM))
		add_programs(snap);
	if (kinds & NAMES_OF(NAME_PACKAGE))
		add_packages(snap);
	names_sort(snap);
}
