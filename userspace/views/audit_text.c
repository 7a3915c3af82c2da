// SPDX-License-Identifier: GPL-2.0-only
/* What an audit will read, how far it is, and what it has read, for people. */
#include <inttypes.h>

#include "data/alloc.h"
#include "data/text.h"
#include "views/audit.h"

/**
 * audit_announce() - Say what an audit will read.
 * @progress: How far it is: at its beginning.
 *
 * Return: The text, for free().
 */
char *audit_announce(const struct audit_progress *progress)
{
	char size[SIZE_TEXT];

	return xasprintf("reading the copies that %" PRIu64 " %s (%s, each once)",
			 progress->procs,
			 progress->procs == 1 ? "process holds" : "processes hold",
			 text_size(progress->cow, size));
}

/**
 * audit_progress() - Say how far an audit is.
 * @progress: How far it is.
 *
 * Return: The text, for free().
 */
char *audit_progress(const struct audit_progress *progress)
{
	char read[SIZE_TEXT], all[SIZE_TEXT];

	if (!progress->all)
		return xasprintf("%" PRIu64 " of %" PRIu64 " processes searched for copies",
				 progress->searched, progress->procs);
	return xasprintf("%s of %s of copies read", text_size(progress->read, read),
			 text_size(progress->all, all));
}

static const char *fact(const struct snapshot *snap, const char *name)
{
	return snapshot_fact(snap, name) ?: "0";
}

/**
 * audit_member() - What an audit read, as a member of a JSON object.
 * @snap: A snapshot with an audit.
 *
 * Return: The text, for free().
 */
char *audit_member(const struct snapshot *snap)
{
	return xasprintf("\"audit_totals\": {\"copies\": %s, \"unread\": %s, \"changed\": %s, \"ns\": %s}, ",
			 fact(snap, "audit_copies"), fact(snap, "audit_unread"),
			 fact(snap, "audit_changed"), fact(snap, "audit_ns"));
}

/**
 * audit_summary() - Say what an audit read.
 * @snap: A snapshot with an audit.
 *
 * Return: The text, for free().
 */
char *audit_summary(const struct snapshot *snap)
{
	uint64_t copies = strtoull(fact(snap, "audit_copies"), NULL, 10);
	uint64_t unread = strtoull(fact(snap, "audit_unread"), NULL, 10);
	uint64_t changed = strtoull(fact(snap, "audit_changed"), NULL, 10);
	double seconds = strtod(fact(snap, "audit_ns"), NULL) / 1e9;
	char size[3][SIZE_TEXT];

	return xasprintf("%s of distinct copies, read in %.2f s; %s not read; %s changed since the scan",
			 text_size(copies, size[0]), seconds, text_size(unread, size[1]),
			 text_size(changed, size[2]));
}
