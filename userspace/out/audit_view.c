// SPDX-License-Identifier: GPL-2.0-only
/* Where a view goes by an audit: have one, and say what it read. */
#include <unistd.h>

#include "data/alloc.h"
#include "views/audit.h"
#include "out/audit_view.h"
#include "out/erosion.h"
#include "views/explain.h"
#include "views/what_if.h"

/**
 * audit_is_needed() - Whether the command line asks for an audit.
 * @options: The command line.
 *
 * Return: Whether it does.
 */
bool audit_is_needed(const struct options *options)
{
	return options->view == &tables[AUDIT] ||
	       options->view == &tables[DISTINCT] ||
	       options->view == &findings_view ||
	       options->view == &erosion_view ||
	       (options->view == &what_if_view &&
		(!options->what_if || strcmp(options->what_if, "dedup")));
}

/* On a terminal, say what will be read; after a second, say once a second how far it is. */
static bool tell(void *data, const struct audit_progress *progress)
{
	uint64_t *said = data, seconds = progress->ns / 1000000000;
	char *text = NULL;

	if (*said == UNKNOWN) {
		*said = 0;
		if (isatty(STDERR_FILENO))
			text = audit_announce(progress);
	} else if (seconds > *said) {
		*said = seconds;
		text = audit_progress(progress);
	}
	if (text)
		fprintf(stderr, "libshare-top: %s\n", text);
	free(text);
	return true;
}

/**
 * audit_take() - Audit a snapshot, or end the program.
 * @options: The command line.
 * @snap: The snapshot, of this machine.
 */
void audit_take(const struct options *options, struct snapshot *snap)
{
	uint64_t said = UNKNOWN;
	const struct audit_watch watch = { tell, &said };
	char why[512];

	if (!audit_run(snap, &options->filter, &watch, why, sizeof(why)))
		errx(TROUBLE, "%s", why);
}

/**
 * audit_prepare() - Audit a snapshot, if the command line asks for that.
 * @options: The command line.
 * @snap: The snapshot.
 */
void audit_prepare(const struct options *options, struct snapshot *snap)
{
	if (!audit_is_needed(options))
		return;
	if (!options->replay)
		audit_take(options, snap);
	else if (!(snap->has & HAS(AUDIT)))
		errx(TROUBLE, "%s: no audit in it: record with --record FILE --view audit",
		     options->replay);
}

/**
 * audit_members() - What precedes the rows in JSON.
 * @options: The command line.
 * @snap: The snapshot.
 * @members: What precedes them anyway; freed.
 *
 * Return: All of it, for free().
 */
char *audit_members(const struct options *options,
		    const struct snapshot *snap, char *members)
{
	char *audit, *both;

	if (!audit_is_needed(options))
		return members;
	audit = audit_member(snap);
	both = xasprintf("%s%s", members, audit);
	free(audit);
	free(members);
	return both;
}

/**
 * audit_say() - Say what an audit read.
 * @snap: A snapshot with an audit.
 * @out: Where to.
 */
void audit_say(const struct snapshot *snap, FILE *out)
{
	char *text = audit_summary(snap);

	fprintf(out, "%s\n", text);
	free(text);
}
