// SPDX-License-Identifier: GPL-2.0-only
/*
 * Processes that a scan could not count. One that exited makes no number wrong for
 * those that live; one that was stuck, or that took too long, does.
 */
#include <inttypes.h>
#include <unistd.h>

#include "data/alloc.h"
#include "data/skipped.h"
#include "data/text.h"

static const struct {
	const char *pair, *word, *text;
} reasons[SKIPPED_REASONS] = {
	[SKIPPED_EXITED] = { "skipped_exited", "exited", "exited" },
	[SKIPPED_STUCK] = { "skipped_stuck", "stuck", "stuck" },
	[SKIPPED_TOO_LONG] = { "skipped_too_long", "too_long", "too long" },
};

/**
 * skipped_reason() - The word for a reason.
 * @reason: The reason.
 *
 * Return: The word that stands in files.
 */
const char *skipped_reason(enum skipped_reason reason)
{
	return reasons[reason].word;
}

/**
 * skipped_pair() - Read a pair of a table's head.
 * @snap: The snapshot that is being read.
 * @name: Name of the pair.
 * @value: Its value.
 * @valid: Set to whether the value makes sense.
 *
 * Return: Whether the pair is about skipped processes.
 */
bool skipped_pair(struct snapshot *snap, const char *name, const char *value,
		  bool *valid)
{
	size_t len = strlen(value);
	char *copy;
	int i;

	*valid = true;
	if (!strcmp(name, "skipped")) {
		*valid = text_number(value, 10, &snap->skipped);
		return true;
	}
	for (i = 0; i < SKIPPED_REASONS; i++) {
		if (strcmp(name, reasons[i].pair))
			continue;
		*valid = text_number(value, 10, &snap->skipped_by[i]);
		return true;
	}
	if (strcmp(name, "skipped_who"))
		return false;
	/* Each table of a snapshot repeats the pair; no module writes a longer one. */
	if (len > SKIPPED_TEXT || (snap->skipped_who && !strcmp(snap->skipped_who, value)))
		return true;
	copy = snapshot_text(snap, text_clean(value, len, NULL) + 1);
	copy[text_clean(value, len, copy)] = '\0';
	snap->skipped_who = copy;
	return true;
}

/**
 * skipped_head() - Write the pairs of a table's head.
 * @out: Where to.
 * @snap: The snapshot.
 */
void skipped_head(FILE *out, const struct snapshot *snap)
{
	int i;

	fprintf(out, " skipped=%" PRIu64, snap->skipped);
	for (i = 0; i < SKIPPED_REASONS; i++)
		if (snap->skipped_by[i] != UNKNOWN)
			fprintf(out, " %s=%" PRIu64, reasons[i].pair, snap->skipped_by[i]);
	if (snap->skipped_who)
		fprintf(out, " skipped_who=%s", snap->skipped_who);
}

/**
 * skipped_living() - How many processes the numbers lack.
 * @snap: The snapshot.
 *
 * Return: Processes that were skipped and did not exit; 0 if the module is too old
 *         to tell.
 */
uint64_t skipped_living(const struct snapshot *snap)
{
	uint64_t stuck = snap->skipped_by[SKIPPED_STUCK];
	uint64_t too_long = snap->skipped_by[SKIPPED_TOO_LONG];

	return (stuck == UNKNOWN ? 0 : stuck) +
	       (too_long == UNKNOWN ? 0 : too_long);
}

static bool take_entry(char *entry, struct skipped *skipped)
{
	const char *pid = strsep(&entry, ":"), *reason = strsep(&entry, ":");
	int i = 0;

	if (!entry || !text_number(pid, 10, &skipped->pid))
		return false;
	while (i < SKIPPED_REASONS && strcmp(reason, reasons[i].word))
		i++;
	if (i == SKIPPED_REASONS)
		return false;
	skipped->reason = i;
	/* The head escapes more than text that stands alone needs. */
	entry[strnlen(entry, (sizeof(skipped->comm) - 1) / 4)] = '\0';
	text_unescape(entry);
	skipped->comm[text_clean(entry, strlen(entry), skipped->comm)] = '\0';
	return true;
}

/**
 * skipped_list() - The processes that the module names.
 * @snap: The snapshot.
 * @list: Set to them.
 *
 * Return: How many; the snapshot may lack more than those.
 */
size_t skipped_list(const struct snapshot *snap, struct skipped list[SKIPPED_LISTED])
{
	char *copy, *rest, *entry;
	size_t nr = 0;

	if (!snap->skipped_who)
		return 0;
	copy = xstrdup(snap->skipped_who);
	rest = copy;
	while (nr < SKIPPED_LISTED && (entry = strsep(&rest, ",")))
		nr += take_entry(entry, &list[nr]);
	free(copy);
	return nr;
}

/**
 * skipped_text() - Say what the numbers lack.
 * @snap: The snapshot.
 *
 * Return: A line without its newline, for free(); NULL if they lack nothing.
 */
char *skipped_text(const struct snapshot *snap)
{
	struct skipped list[SKIPPED_LISTED];
	uint64_t all = skipped_living(snap);
	size_t nr = skipped_list(snap, list), size, i;
	char *text;
	FILE *out;

	if (!all)
		return NULL;
	out = open_memstream(&text, &size);
	if (!out)
		err(2, "cannot allocate memory");
	fprintf(out, "incomplete: %" PRIu64 " %s not counted", all,
		all == 1 ? "process was" : "processes were");
	for (i = 0; i < nr; i++)
		fprintf(out, "%s %" PRIu64 " %s (%s)", i ? "," : ":", list[i].pid, list[i].comm,
			reasons[list[i].reason].text);
	if (nr && all > nr)
		fprintf(out, ", and %" PRIu64 " more", all - nr);
	if (fclose(out))
		err(2, "cannot allocate memory");
	return text;
}

/**
 * skipped_warn() - Say on standard error what the numbers lack.
 * @snap: The snapshot.
 * @of: What it is called, where there are several; or NULL.
 */
void skipped_warn(const struct snapshot *snap, const char *of)
{
	char *text = skipped_text(snap);

	if (text)
		warnx("%s%s%s", of ?: "", of ? ": " : "", text);
	free(text);
}

static void print_number(FILE *out, const char *name, uint64_t value)
{
	if (value == UNKNOWN)
		fprintf(out, "\"%s\": null", name);
	else
		fprintf(out, "\"%s\": %" PRIu64, name, value);
}

/**
 * skipped_json() - What the numbers lack, as JSON.
 * @snap: The snapshot.
 *
 * It may stand in a script element: nothing in it ends that.
 *
 * Return: An object, for free().
 */
char *skipped_json(const struct snapshot *snap)
{
	struct skipped list[SKIPPED_LISTED];
	size_t nr = skipped_list(snap, list), size, i;
	char *text;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		err(2, "cannot allocate memory");
	fputc('{', out);
	print_number(out, "processes", snap->skipped);
	for (i = 0; i < SKIPPED_REASONS; i++) {
		fputs(", ", out);
		print_number(out, reasons[i].word, snap->skipped_by[i]);
	}
	fputs(", \"listed\": [", out);
	for (i = 0; i < nr; i++) {
		fprintf(out, "%s{\"pid\": %" PRIu64 ", \"reason\": \"%s\", \"comm\": ", i ? ", " : "",
			list[i].pid, reasons[list[i].reason].word);
		text_json(out, list[i].comm);
		fputc('}', out);
	}
	fputs("]}", out);
	if (fclose(out))
		err(2, "cannot allocate memory");
	return text;
}
