// SPDX-License-Identifier: GPL-2.0-only
/* What to do, in order of what it would bring. */
#include <inttypes.h>

#include "explain_rules.h"
#include "text.h"

#define SOME_PIDS 8
#define INDENT 11		/* of findings, behind their number and size */
#define WIDTH 90		/* columns */

static const struct libshare_column columns[] = {
#define C(...) LIBSHARE_COLUMN(libshare_finding, __VA_ARGS__)
	C(rule, TEXT, LIBSHARE_SHOWN,
	  "zygote, ksm, duplicate, deleted, single, moved-text or no-pie"),
	C(wins, BYTES, LIBSHARE_SHOWN, "what the remedy would win back"),
	C(procs, COUNT, LIBSHARE_SHOWN, "processes that it concerns"),
	C(finding, TEXT, LIBSHARE_SHOWN, "what takes memory"),
	C(remedy, TEXT, LIBSHARE_SHOWN, "what to do"),
	C(lib, ID, 0, "number of the library, if it is about one"),
	C(path, TEXT, LIBSHARE_PATH, "path of the library or program"),
	{ 0 }
#undef C
};

const struct libshare_view libshare_findings_view = {
	"findings", "what takes memory, and what would win it back", columns,
	sizeof(struct libshare_finding),
	LIBSHARE_HAS(LIBSHARE_LIBRARIES) | LIBSHARE_HAS(LIBSHARE_PROCESSES) |
	LIBSHARE_HAS(LIBSHARE_MAPPINGS) | LIBSHARE_HAS(LIBSHARE_PAGES), "wins", NULL
};

/**
 * libshare_findings_asks() - Whether a library is asked about.
 * @f: The findings.
 * @lib: Number of the library.
 *
 * Return: Whether it is.
 */
bool libshare_findings_asks(const struct libshare_findings *f, uint64_t lib)
{
	const struct libshare_library *first = (void *)f->snap->table[LIBSHARE_LIBRARIES].at;
	const struct libshare_library *row = libshare_snapshot_library(f->snap, lib);

	return row && f->lib[row - first];
}

/**
 * libshare_findings_add() - Add a finding.
 * @f: The findings.
 * @rule: Name of the rule.
 * @finding: What it wins, and of how many processes; the library, and its path.
 * @text: What takes memory; freed.
 * @remedy: What to do.
 */
void libshare_findings_add(struct libshare_findings *f, const char *rule,
			   struct libshare_finding finding, char *text, const char *remedy)
{
	struct libshare_rows *rows = &f->rows;

	finding.rule = rule;
	finding.finding = libshare_snapshot_keep(f->snap, text);
	finding.remedy = libshare_snapshot_keep(f->snap, remedy);
	free(text);
	if (rows->nr == rows->room) {
		rows->room = rows->room ? 2 * rows->room : 64;
		rows->at = xrealloc(rows->at, rows->room, sizeof(finding));
	}
	memcpy(rows->at + rows->nr++ * sizeof(finding), &finding, sizeof(finding));
}

/**
 * libshare_findings_pids() - A few of the processes that map a library.
 * @snap: A snapshot with mappings.
 * @lib: Number of the library.
 *
 * Return: Their process IDs, separated by commas; for free().
 */
char *libshare_findings_pids(const struct libshare_snapshot *snap, uint64_t lib)
{
	char *text = xcalloc(SOME_PIDS + 1, 24), *out = text;
	const struct libshare_mapping *map;
	uint64_t last = LIBSHARE_UNKNOWN;
	size_t nr = 0;

	libshare_for_each(map, snap, LIBSHARE_MAPPINGS) {
		if (map->lib != lib || map->pid == last)
			continue;
		last = map->pid;
		if (nr++ == SOME_PIDS) {
			sprintf(out, ",…");
			break;
		}
		out += sprintf(out, "%s%" PRIu64, nr > 1 ? "," : "", map->pid);
	}
	return text;
}

static int by_wins(const void *a, const void *b)
{
	const struct libshare_finding *x = a, *y = b;

	if (x->wins != y->wins)
		return x->wins < y->wins ? 1 : -1;
	return strcmp(x->rule, y->rule) ?: strcmp(x->finding, y->finding);
}

/**
 * libshare_findings_find() - Apply all rules.
 * @snap: A snapshot with an audit, to which text is added.
 * @filter: Which libraries are asked about.
 *
 * Return: Rows of struct libshare_finding, those that win most first; @at is for free().
 */
struct libshare_rows libshare_findings_find(struct libshare_snapshot *snap,
					    const struct libshare_filter *filter)
{
	const struct libshare_view *view = &libshare_tables[LIBSHARE_LIBRARIES];
	const struct libshare_rows *rows = &snap->table[LIBSHARE_LIBRARIES];
	struct libshare_list list = libshare_list_make(snap, view, rows, filter);
	bool *asked = xcalloc(rows->nr, sizeof(*asked));
	struct libshare_findings f = { .snap = snap, .lib = asked };
	size_t i;

	for (i = 0; i < list.nr; i++)
		asked[((const char *)list.row[i] - rows->at) / view->row_size] = true;
	libshare_rule_zygote(&f);
	libshare_rule_ksm(&f);
	libshare_rule_duplicates(&f);
	libshare_rule_deleted(&f);
	libshare_rule_single(&f);
	libshare_rule_moved_text(&f);
	libshare_rule_no_pie(&f);
	if (f.rows.nr)
		qsort(f.rows.at, f.rows.nr, sizeof(struct libshare_finding), by_wins);
	if (f.rows.nr > LIBSHARE_FINDINGS)
		f.rows.nr = LIBSHARE_FINDINGS;
	free(list.row);
	free(asked);
	return f.rows;
}

/* Words that go on the next line, indented, where they do not fit. */
static void print_words(FILE *out, const char *text, int indent)
{
	int at = indent, len;

	for (; *text; text += len + strspn(text + len, " ")) {
		len = strcspn(text, " ");
		if (at > indent && at + 1 + len > WIDTH) {
			fprintf(out, "\n%*s", indent, "");
			at = indent;
		} else if (at > indent) {
			fputc(' ', out);
			at++;
		}
		fwrite(text, len, 1, out);
		at += len;
	}
	fputc('\n', out);
}

/**
 * libshare_findings_say() - Print findings for people.
 * @list: The findings.
 * @out: Where to.
 */
void libshare_findings_say(const struct libshare_list *list, FILE *out)
{
	char size[LIBSHARE_SIZE_TEXT];
	size_t i;

	for (i = 0; i < list->nr; i++) {
		const struct libshare_finding *finding = list->row[i];

		fprintf(out, "%2zu. %5s  ", i + 1, libshare_text_size(finding->wins, size));
		print_words(out, finding->finding, INDENT);
		fprintf(out, "%*s", INDENT, "");
		print_words(out, finding->remedy, INDENT);
	}
	if (!list->nr)
		fputs("Nothing is worth changing.\n", out);
	else
		fputs("Several remedies may win back the same memory: they do not add up.\n", out);
}
