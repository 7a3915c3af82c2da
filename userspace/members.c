// SPDX-License-Identifier: GPL-2.0-only
/* What JSON says beside the table: which snapshot it is, of which machine, and sums. */
#include <inttypes.h>
#include <unistd.h>

#include "alloc.h"
#include "members.h"
#include "skipped.h"
#include "text.h"
#include "totals.h"

static void print_number(FILE *out, const char *name, uint64_t value)
{
	fprintf(out, "\"%s\": ", name);
	if (value == LIBSHARE_UNKNOWN)
		fputs("null", out);
	else
		fprintf(out, "%" PRIu64, value);
}

/**
 * libshare_members_totals() - Write the sums over all libraries.
 * @out: Where to, as an object of JSON.
 * @snap: The snapshot; without libraries, the object is null.
 */
void libshare_members_totals(FILE *out, const struct libshare_snapshot *snap)
{
	struct libshare_totals t;
	size_t i;

	if (!(snap->has & LIBSHARE_HAS(LIBSHARE_LIBRARIES))) {
		fputs("null", out);
		return;
	}
	libshare_totals_add(&t, snap);
	for (i = 0; libshare_totals_names[i].name; i++) {
		fputs(i ? ", " : "{", out);
		print_number(out, libshare_totals_names[i].name, libshare_totals_at(&t, i));
	}
	fputc('}', out);
}

/**
 * libshare_members_identity() - Write which snapshot it is.
 * @out: Where to, as members of JSON without braces.
 * @snap: The snapshot.
 * @replay: Whether it is from a recording, and not of this machine.
 */
void libshare_members_identity(FILE *out, const struct libshare_snapshot *snap, bool replay)
{
	const char *host = libshare_snapshot_fact(snap, "hostname");
	char here[256];

	if (!host && !replay && !gethostname(here, sizeof(here))) {
		here[sizeof(here) - 1] = '\0';
		host = here;
	}
	fputs("\"host\": ", out);
	if (host)
		libshare_text_json(out, host);
	else
		fputs("null", out);
	fputs(", ", out);
	print_number(out, "time_ns", snap->time_ns);
	fputs(", ", out);
	print_number(out, "generation", snap->generation);
}

/**
 * libshare_members_make() - All members of the object that is printed for a snapshot.
 * @snap: The snapshot.
 * @replay: Whether it is from a recording, and not of this machine.
 *
 * Return: A text that ends in a comma, for struct libshare_printing and free().
 */
char *libshare_members_make(const struct libshare_snapshot *snap, bool replay)
{
	char *text, *skipped = libshare_skipped_json(snap);
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		err(2, "cannot allocate memory");
	fprintf(out, "\"schema\": %d, \"version\": \"%s\", ", LIBSHARE_SCHEMA, LIBSHARE_VERSION);
	libshare_members_identity(out, snap, replay);
	fputs(", \"totals\": ", out);
	libshare_members_totals(out, snap);
	fprintf(out, ", \"skipped\": %s, ", skipped);
	free(skipped);
	if (fclose(out))
		err(2, "cannot allocate memory");
	return text;
}
