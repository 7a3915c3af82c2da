// SPDX-License-Identifier: GPL-2.0-only
/* Where a view goes by an audit: have one, and say what it read. */
#include "alloc.h"
#include "audit.h"
#include "audit_view.h"
#include "erosion.h"
#include "explain.h"
#include "what_if.h"

/**
 * libshare_audit_is_needed() - Whether the command line asks for an audit.
 * @options: The command line.
 *
 * Return: Whether it does.
 */
bool libshare_audit_is_needed(const struct libshare_options *options)
{
	return options->view == &libshare_tables[LIBSHARE_AUDIT] ||
	       options->view == &libshare_tables[LIBSHARE_DISTINCT] ||
	       options->view == &libshare_findings_view ||
	       options->view == &libshare_erosion_view ||
	       (options->view == &libshare_what_if_view &&
		(!options->what_if || strcmp(options->what_if, "dedup")));
}

/**
 * libshare_audit_prepare() - Audit a snapshot, if the command line asks for that.
 * @options: The command line.
 * @snap: The snapshot.
 */
void libshare_audit_prepare(const struct libshare_options *options, struct libshare_snapshot *snap)
{
	if (!libshare_audit_is_needed(options))
		return;
	if (!options->replay)
		libshare_audit_run(snap, &options->filter, stderr);
	else if (!(snap->has & LIBSHARE_HAS(LIBSHARE_AUDIT)))
		errx(LIBSHARE_TROUBLE, "%s: no audit in it: record with --record FILE --view audit",
		     options->replay);
}

/**
 * libshare_audit_members() - What precedes the rows in JSON.
 * @options: The command line.
 * @snap: The snapshot.
 * @members: What precedes them anyway; freed.
 *
 * Return: All of it, for free().
 */
char *libshare_audit_members(const struct libshare_options *options,
			     const struct libshare_snapshot *snap, char *members)
{
	char *audit, *both;

	if (!libshare_audit_is_needed(options))
		return members;
	audit = libshare_audit_member(snap);
	both = xasprintf("%s%s", members, audit);
	free(audit);
	free(members);
	return both;
}
