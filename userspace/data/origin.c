// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module knows everything; /proc does not. What it lacks depends on who reads it and
 * on the machine, so each snapshot says so itself.
 */
#include <inttypes.h>

#include "data/alloc.h"
#include "data/origin.h"
#include "data/text.h"

/**
 * origin_pair() - Read a pair of a table's head.
 * @snap: The snapshot that is being read.
 * @name: Name of the pair.
 * @value: Its value.
 * @valid: Set to whether the value makes sense.
 *
 * Return: Whether the pair is about the source.
 */
bool origin_pair(struct snapshot *snap, const char *name, const char *value,
		 bool *valid)
{
	*valid = true;
	if (!strcmp(name, "source")) {
		*valid = !strcmp(value, "proc");
		snap->source = "proc";
	} else if (!strcmp(name, "unseen")) {
		*valid = text_number(value, 10, &snap->unseen);
	} else if (!strcmp(name, "frames")) {
		snap->no_frames = !strcmp(value, "0");
	} else {
		return false;
	}
	return true;
}

/**
 * origin_head() - Write the pairs of a table's head.
 * @out: Where to.
 * @snap: The snapshot.
 */
void origin_head(FILE *out, const struct snapshot *snap)
{
	if (!snap->source)
		return;
	fprintf(out, " source=%s unseen=%" PRIu64 " frames=%d", snap->source, snap->unseen,
		!snap->no_frames);
}

static void add(FILE *out, bool *any, const char *text)
{
	fprintf(out, "%s%s", *any ? ", " : "; not known: ", text);
	*any = true;
}

static void add_unknown(FILE *out, const struct snapshot *snap)
{
	const struct library *lib;
	uint64_t unread = 0;
	bool any = false;
	char text[96];

	if (snap->unseen) {
		/* Root has page frames. It may not see what has more capabilities, though. */
		snprintf(text, sizeof(text), "%" PRIu64 " %s that %s", snap->unseen,
			 snap->unseen == 1 ? "process" : "processes",
			 snap->no_frames ? "only root may read" : "could not be read");
		add(out, &any, text);
	}
	if (snap->no_frames)
		add(out, &any, "which copies are shared (page frames)");
	for_each(lib, snap, LIBRARIES)
		unread += lib->cached == UNKNOWN;
	if (unread) {
		snprintf(text, sizeof(text), "what is cached of %" PRIu64 " %s", unread,
			 unread == 1 ? "file" : "files");
		add(out, &any, text);
	}
	if (snapshot_lacks(snap, LIBRARIES, "buildid"))
		add(out, &any, "build IDs (--read-files)");
}

/**
 * origin_text() - Say where a snapshot comes from, and what it lacks by that.
 * @snap: The snapshot.
 *
 * Return: A line without its newline, for free().
 */
char *origin_text(const struct snapshot *snap)
{
	char *text;
	size_t size;
	FILE *out;

	if (!snap->source)
		return xstrdup("source: module");
	out = open_memstream(&text, &size);
	if (!out)
		err(2, "cannot allocate memory");
	fputs("source: /proc", out);
	if (snap->source_why)
		fprintf(out, " (%s)", snap->source_why);
	add_unknown(out, snap);
	if (fclose(out))
		err(2, "cannot allocate memory");
	return text;
}

/**
 * origin_warn() - Say on standard error that numbers are those of a part.
 * @snap: The snapshot.
 */
void origin_warn(const struct snapshot *snap)
{
	char *text;

	if (!snap->unseen && !snap->no_frames)
		return;
	text = origin_text(snap);
	warnx("%s", text);
	free(text);
}

/**
 * origin_member() - The same, as a member of the object that is printed.
 * @snap: The snapshot.
 *
 * Return: A text that ends in a comma, for free(); empty if the module is the source.
 */
char *origin_member(const struct snapshot *snap)
{
	if (!snap->source)
		return xstrdup("");
	return xasprintf("\"source\": {\"name\": \"%s\", \"unseen\": %" PRIu64
			 ", \"frames\": %s}, ", snap->source, snap->unseen,
			 snap->no_frames ? "false" : "true");
}
