// SPDX-License-Identifier: GPL-2.0-only
/*
 * Processes that a scan could not count. One that exited makes no number wrong for
 * those that live; one that was stuck, or that took too long, does.
 */
#include <inttypes.h>
#include <unistd.h>

#include "alloc.h"
#include "skipped.h"
#include "text.h"

static const struct {
	const char *pair, *word, *text;
} reasons[LIBSHARE_SKIPPED_REASONS] = {
	[LIBSHARE_SKIPPED_EXITED] = { "skipped_exited", "exited", "exited" },
	[LIBSHARE_SKIPPED_STUCK] = { "skipped_stuck", "stuck", "stuck" },
	[LIBSHARE_SKIPPED_TOO_LONG] = { "skipped_too_long", "too_long", "too long" },
};

/**
 * libshare_skipped_reason() - The word for a reason.
 * @reason: The reason.
 *
 * Return: The word that stands in files.
 */
const char *libshare_skipped_reason(enum libshare_skipped_reason reason)
{
	return reasons[reason].word;
}

/**
 * libshare_skipped_pair() - Read a pair of a table's head.
 * @snap: The snapshot that is being read.
 * @name: Name of the pair.
 * @value: Its value.
 * @valid: Set to whether the value makes sense.
 *
 * Return: Whether the pair is about skipped processes.
 */
bool libshare_skipped_pair(struct libshare_snapshot *snap, const char *name, const char *value,
			   bool *valid)
{
	size_t len = strlen(value);
	char *copy;
	int i;

	*valid = true;
	if (!strcmp(name, "skipped")) {
		*valid = libshare_text_number(value, 10, &snap->skipped);
		return true;
	}
	for (i = 0; i < LIBSHARE_SKIPPED_REASONS; i++) {
		if (strcmp(name, reasons[i].pair))
			continue;
		*valid = libshare_text_number(value, 10, &snap->skipped_by[i]);
		return true;
	}
	if (strcmp(name, "skipped_who"))
		return false;
	/* Each table of a snapshot repeats the pair; no module writes a longer one. */
	if (len > LIBSHARE_SKIPPED_TEXT || (snap->skipped_who && !strcmp(snap->skipped_who, value)))
		return true;
	copy = libshare_snapshot_text(snap, libshare_text_clean(value, len, NULL) + 1);
	copy[libshare_text_clean(value, len, copy)] = '\0';
	snap->skipped_who = copy;
	return true;
}

/**
 * libshare_skipped_head() - Write the pairs of a table's head.
 * @out: Where to.
 * @snap: The snapshot.
 */
void libshare_skipped_head(FILE *out, const struct libshare_snapshot *snap)
{
	int i;

	fprintf(out, " skipped=%" PRIu64, snap->skipped);
	for (i = 0; i < LIBSHARE_SKIPPED_REASONS; i++)
		if (snap->skipped_by[i] != LIBSHARE_UNKNOWN)
			fprintf(out, " %s=%" PRIu64, reasons[i].pair, snap->skipped_by[i]);
	if (snap->skipped_who)
		fprintf(out, " skipped_who=%s", snap->skipped_who);
}

/**
 * libshare_skipped_living() - How many processes the numbers lack.
 * @snap: The snapshot.
 *
 * Return: Processes that were skipped and did not exit; 0 if the module is too old
 *         to tell.
 */
uint64_t libshare_skipped_living(const struct libshare_snapshot *snap)
{
	uint64_t stuck = snap->skipped_by[LIBSHARE_SKIPPED_STUCK];
	uint64_t too_long = snap->skipped_by[LIBSHARE_SKIPPED_TOO_LONG];

	return (stuck == LIBSHARE_UNKNOWN ? 0 : stuck) +
	       (too_long == LIBSHARE_UNKNOWN ? 0 : too_long);
}

static bool take_entry(char *entry, struct libshare_skipped *skipped)
{
	const char *pid = strsep(&entry, ":"), *reason = strsep(&entry, ":");
	int i = 0;

	if (!entry || !libshare_text_number(pid, 10, &skipped->pid))
		return false;
	while (i < LIBSHARE_SKIPPED_REASONS && strcmp(reason, reasons[i].word))
		i++;
	if (i == LIBSHARE_SKIPPED_REASONS)
		return false;
	skipped->reason = i;
	/* The head escapes more than text that stands alone needs. */
	entry[strnlen(entry, (sizeof(skipped->comm) - 1) / 4)] = '\0';
	libshare_text_unescape(entry);
	skipped->comm[libshare_text_clean(entry, strlen(entry), skipped->comm)] = '\0';
	return true;
}

/**
 * libshare_skipped_list() - The processes that the module names.
 * @snap: The snapshot.
 * @list: Set to them.
 *
 * Return: How many; the snapshot may lack more than those.
 */
size_t libshare_skipped_list(const struct libshare_snapshot *snap,
			     struct libshare_skipped list[LIBSHARE_SKIPPED_LISTED])
{
	char *copy, *rest, *entry;
	size_t nr = 0;

	if (!snap->skipped_who)
		return 0;
	copy = xstrdup(snap->skipped_who);
	rest = copy;
	while (nr < LIBSHARE_SKIPPED_LISTED && (entry = strsep(&rest, ",")))
		nr += take_entry(entry, &list[nr]);
	free(copy);
	return nr;
}

/**
 * libshare_skipped_text() - Say what the numbers lack.
 * @snap: The snapshot.
 *
 * Return: A line without its newline, for free(); NULL if they lack nothing.
 */
char *libshare_skipped_text(const struct libshare_snapshot *snap)
{
	struct libshare_skipped list[LIBSHARE_SKIPPED_LISTED];
	uint64_t all = libshare_skipped_living(snap);
	size_t nr = libshare_skipped_list(snap, list), size, i;
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
 * libshare_skipped_warn() - Say on standard error what the numbers lack.
 * @snap: The snapshot.
 * @of: What it is called, where there are several; or NULL.
 */
void libshare_skipped_warn(const struct libshare_snapshot *snap, const char *of)
{
	char *text = libshare_skipped_text(snap);

	if (text)
		warnx("%s%s%s", of ?: "", of ? ": " : "", text);
	free(text);
}

/**
 * libshare_skipped_say() - Say what the numbers lack: also above a table for people.
 * @how: How the table is printed.
 * @snap: The snapshot.
 * @of: What it is called, where there are several; or NULL.
 *
 * Where both are terminals, once is enough.
 */
void libshare_skipped_say(const struct libshare_printing *how,
			  const struct libshare_snapshot *snap, const char *of)
{
	char *text = libshare_skipped_text(snap);

	if (text && how->form == LIBSHARE_FORM_TABLE && how->headings) {
		fprintf(how->out, "%s%s%s\n", of ?: "", of ? ": " : "", text);
		if (how->out == stdout && isatty(STDOUT_FILENO) && isatty(STDERR_FILENO)) {
			free(text);
			return;
		}
	}
	free(text);
	libshare_skipped_warn(snap, of);
}

static void print_number(FILE *out, const char *name, uint64_t value)
{
	if (value == LIBSHARE_UNKNOWN)
		fprintf(out, "\"%s\": null", name);
	else
		fprintf(out, "\"%s\": %" PRIu64, name, value);
}

/**
 * libshare_skipped_json() - What the numbers lack, as JSON.
 * @snap: The snapshot.
 *
 * It may stand in a script element: nothing in it ends that.
 *
 * Return: An object, for free().
 */
char *libshare_skipped_json(const struct libshare_snapshot *snap)
{
	struct libshare_skipped list[LIBSHARE_SKIPPED_LISTED];
	size_t nr = libshare_skipped_list(snap, list), size, i;
	char *text;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		err(2, "cannot allocate memory");
	fputc('{', out);
	print_number(out, "processes", snap->skipped);
	for (i = 0; i < LIBSHARE_SKIPPED_REASONS; i++) {
		fputs(", ", out);
		print_number(out, reasons[i].word, snap->skipped_by[i]);
	}
	fputs(", \"listed\": [", out);
	for (i = 0; i < nr; i++) {
		fprintf(out, "%s{\"pid\": %" PRIu64 ", \"reason\": \"%s\", \"comm\": ", i ? ", " : "",
			list[i].pid, reasons[list[i].reason].word);
		libshare_text_json(out, list[i].comm);
		fputc('}', out);
	}
	fputs("]}", out);
	if (fclose(out))
		err(2, "cannot allocate memory");
	return text;
}
