// SPDX-License-Identifier: GPL-2.0-only
/* What to do, in order of what it would bring. */
#include <inttypes.h>

#include "data/order.h"
#include "data/text.h"
#include "views/explain_rules.h"

#define SOME_PIDS 8
#define INDENT 11		/* of findings, behind their number and size */
#define WIDTH 90		/* columns */

static const struct column columns[] = {
#define C(...) COLUMN(finding, __VA_ARGS__)
	C(rule, TEXT, SHOWN,
	  "zygote, ksm, duplicate, deleted, single, moved-text or no-pie"),
	C(wins, BYTES, SHOWN, "what the remedy would win back"),
	C(procs, COUNT, SHOWN, "processes that it concerns"),
	C(finding, TEXT, SHOWN, "what takes memory"),
	C(remedy, TEXT, SHOWN, "what to do"),
	C(lib, ID, 0, "number of the library, if it is about one"),
	C(path, TEXT, PATH, "path of the library or program"),
	{ 0 }
#undef C
};

const struct view findings_view = {
	"findings", "what takes memory, and what would win it back", columns,
	sizeof(struct finding),
	HAS(LIBRARIES) | HAS(PROCESSES) |
	HAS(MAPPINGS) | HAS(PAGES), "wins", NULL
};

/**
 * findings_asks() - Whether a library is asked about.
 * @f: The findings.
 * @lib: Number of the library.
 *
 * Return: Whether it is.
 */
bool findings_asks(const struct findings *f, uint64_t lib)
{
	const struct library *first = (void *)f->snap->table[LIBRARIES].at;
	const struct library *row = snapshot_library(f->snap, lib);

	return row && f->lib[row - first];
}

/**
 * findings_add() - Add a finding.
 * @f: The findings.
 * @rule: Name of the rule.
 * @finding: What it wins, and of how many processes; the library, and its path.
 * @text: What takes memory; freed.
 * @remedy: What to do.
 */
void findings_add(struct findings *f, const char *rule,
		  struct finding finding, char *text, const char *remedy)
{
	struct rows *rows = &f->rows;

	finding.rule = rule;
	finding.finding = snapshot_keep(f->snap, text);
	finding.remedy = snapshot_keep(f->snap, remedy);
	free(text);
	if (rows->nr == rows->room) {
		rows->room = rows->room ? 2 * rows->room : 64;
		rows->at = xrealloc(rows->at, rows->room, sizeof(finding));
	}
	memcpy(rows->at + rows->nr++ * sizeof(finding), &finding, sizeof(finding));
}

/**
 * findings_pids() - A few of the processes that map a library.
 * @snap: A snapshot with mappings.
 * @lib: Number of the library.
 *
 * Return: Their process IDs, separated by commas; for free().
 */
char *findings_pids(const struct snapshot *snap, uint64_t lib)
{
	char *text = xcalloc(SOME_PIDS + 1, 24), *out = text;
	const struct mapping *map;
	uint64_t last = UNKNOWN;
	size_t nr = 0;

	for_each(map, snap, MAPPINGS) {
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
	const struct finding *x = a, *y = b;

	return order(y->wins, x->wins) ?:
	       strcmp(x->rule, y->rule) ?:
	       strcmp(x->finding, y->finding);
}

/**
 * findings_find() - Apply all rules.
 * @snap: A snapshot with an audit, to which text is added.
 * @filter: Which libraries are asked about.
 *
 * Return: Rows of struct finding, those that win most first; @at is for free().
 */
struct rows findings_find(struct snapshot *snap, const struct filter *filter)
{
	const struct view *view = &tables[LIBRARIES];
	const struct rows *rows = &snap->table[LIBRARIES];
	struct list list = list_make(snap, view, rows, filter);
	bool *asked = xcalloc(rows->nr, sizeof(*asked));
	struct findings f = { .snap = snap, .lib = asked };
	size_t i;

	for (i = 0; i < list.nr; i++)
		asked[((const char *)list.row[i] - rows->at) / view->row_size] = true;
	rule_zygote(&f);
	rule_ksm(&f);
	rule_duplicates(&f);
	rule_deleted(&f);
	rule_single(&f);
	rule_moved_text(&f);
	rule_no_pie(&f);
	if (f.rows.nr)
		qsort(f.rows.at, f.rows.nr, sizeof(struct finding), by_wins);
	if (f.rows.nr > FINDINGS)
		f.rows.nr = FINDINGS;
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
 * findings_say() - Print findings for people.
 * @list: The findings.
 * @out: Where to.
 */
void findings_say(const struct list *list, FILE *out)
{
	char size[SIZE_TEXT];
	size_t i;

	for (i = 0; i < list->nr; i++) {
		const struct finding *finding = list->row[i];

		fprintf(out, "%2zu. %5s  ", i + 1, text_size(finding->wins, size));
		print_words(out, finding->finding, INDENT);
		fprintf(out, "%*s", INDENT, "");
		print_words(out, finding->remedy, INDENT);
	}
	if (!list->nr)
		fputs("Nothing is worth changing.\n", out);
	else
		fputs("Several remedies may win back the same memory: they do not add up.\n", out);
}
