// SPDX-License-Identifier: GPL-2.0-only
/* What stands above a table: where its numbers come from, and what they lack. */
#include <unistd.h>

#include "data/alloc.h"
#include "data/origin.h"
#include "data/skipped.h"
#include "out/say.h"

/**
 * origin_say() - Say where a snapshot comes from, above a table for people.
 * @how: How the table is printed.
 * @snap: The snapshot.
 *
 * Programs get a warning, if the numbers are those of a part only.
 */
void origin_say(const struct printing *how, const struct snapshot *snap)
{
	char *text;

	if (how->form != FORM_TABLE || !how->headings) {
		origin_warn(snap);
		return;
	}
	text = origin_text(snap);
	fprintf(how->out, "%s\n", text);
	free(text);
}

/**
 * skipped_say() - Say what the numbers lack: also above a table for people.
 * @how: How the table is printed.
 * @snap: The snapshot.
 * @of: What it is called, where there are several; or NULL.
 *
 * Where both are terminals, once is enough.
 */
void skipped_say(const struct printing *how,
		 const struct snapshot *snap, const char *of)
{
	char *text = skipped_text(snap);

	if (text && how->form == FORM_TABLE && how->headings) {
		fprintf(how->out, "%s%s%s\n", of ?: "", of ? ": " : "", text);
		if (how->out == stdout && isatty(STDOUT_FILENO) && isatty(STDERR_FILENO)) {
			free(text);
			return;
		}
	}
	free(text);
	skipped_warn(snap, of);
}
