// SPDX-License-Identifier: GPL-2.0-only
/* What JSON says beside the table: which snapshot it is, of which machine, and sums. */
#include <inttypes.h>
#include <unistd.h>

#include "data/alloc.h"
#include "data/origin.h"
#include "data/skipped.h"
#include "data/text.h"
#include "views/members.h"
#include "views/totals.h"

static void print_number(FILE *out, const char *name, uint64_t value)
{
	fprintf(out, "\"%s\": ", name);
	if (value == UNKNOWN)
		fputs("null", out);
	else
		fprintf(out, "%" PRIu64, value);
}

/**
 * members_totals() - Write the sums over all libraries.
 * @out: Where to, as an object of JSON.
 * @snap: The snapshot; without libraries, the object is null.
 */
void members_totals(FILE *out, const struct snapshot *snap)
{
	struct totals t;
	size_t i;

	if (!(snap->has & HAS(LIBRARIES))) {
		fputs("null", out);
		return;
	}
	totals_add(&t, snap);
	for (i = 0; totals_names[i].name; i++) {
		fputs(i ? ", " : "{", out);
		print_number(out, totals_names[i].name, totals_at(&t, i));
	}
	fputc('}', out);
}

/**
 * members_identity() - Write which snapshot it is.
 * @out: Where to, as members of JSON without braces.
 * @snap: The snapshot.
 * @replay: Whether it is from a recording, and not of this machine.
 */
void members_identity(FILE *out, const struct snapshot *snap, bool replay)
{
	const char *host = snapshot_fact(snap, "hostname");
	char here[256];

	if (!host && !replay && !gethostname(here, sizeof(here))) {
		here[sizeof(here) - 1] = '\0';
		host = here;
	}
	fputs("\"host\": ", out);
	if (host)
		text_json(out, host);
	else
		fputs("null", out);
	fputs(", ", out);
	print_number(out, "time_ns", snap->time_ns);
	fputs(", ", out);
	print_number(out, "generation", snap->generation);
}

/**
 * members_make() - All members of the object that is printed for a snapshot.
 * @snap: The snapshot.
 * @replay: Whether it is from a recording, and not of this machine.
 *
 * Return: A text that ends in a comma, for struct printing and free().
 */
char *members_make(const struct snapshot *snap, bool replay)
{
	char *text, *skipped = skipped_json(snap), *origin = origin_member(snap);
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		err(2, "cannot allocate memory");
	fprintf(out, "\"schema\": %d, \"version\": \"%s\", ", SCHEMA, LIBSHARE_VERSION);
	members_identity(out, snap, replay);
	fputs(", \"totals\": ", out);
	members_totals(out, snap);
	fprintf(out, ", \"skipped\": %s, %s", skipped, origin);
	free(skipped);
	free(origin);
	if (fclose(out))
		err(2, "cannot allocate memory");
	return text;
}
