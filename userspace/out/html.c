// SPDX-License-Identifier: GPL-2.0-only
/*
 * A page for a browser: report.html, which is part of the program, with the
 * tables in it as JSON. Everything else is up to the page.
 */
#include <inttypes.h>

#include "data/alloc.h"
#include "data/cmdline.h"
#include "data/elffile.h"
#include "data/origin.h"
#include "data/skipped.h"
#include "data/text.h"
#include "out/batch.h"
#include "out/html.h"
#include "out/output.h"
#include "out/audit_view.h"
#include "views/duplicates.h"
#include "views/explain.h"
#include "views/members.h"
#include "views/sections.h"
#include "views/what_if.h"

#define PLACE "@DATA@"

__asm__(".pushsection .rodata\n"
	".globl report\n"
	"report:\n"
	".incbin \"out/report.html\"\n"
	".byte 0\n"
	".popsection\n");

static void print_cell(FILE *out, const struct column *col, const void *row)
{
	uint64_t value;

	if (col->type == TEXT) {
		text_json(out, column_text(col, row));
		return;
	}
	value = column_number(col, row);
	if (value == UNKNOWN)
		fputs("null", out);
	else
		fprintf(out, "%" PRIu64, value);
}

/* A table, as an array of columns and an array of rows. */
static void print_table(FILE *out, const struct view *view,
			const struct rows *rows, const char *list)
{
	static const char *const types[] = {
		[TEXT] = "text", [ID] = "id", [HEX] = "id",
		[COUNT] = "count", [BYTES] = "bytes",
	};
	struct columns columns;
	size_t i, j;

	columns_choose(view, list, FORM_TABLE, &columns, NULL, 0);
	fprintf(out, ",\n\"%s\":{\"columns\":[", view->name);
	for (j = 0; j < columns.nr; j++) {
		fprintf(out, "%s{\"name\":\"%s\",\"type\":\"%s\",\"help\":", j ? "," : "",
			columns.at[j]->name, types[columns.at[j]->type]);
		text_json(out, columns.at[j]->help);
		fputc('}', out);
	}
	fputs("],\"rows\":[", out);
	for (i = 0; i < rows->nr; i++) {
		fputs(i ? ",\n[" : "\n[", out);
		for (j = 0; j < columns.nr; j++) {
			if (j)
				fputc(',', out);
			print_cell(out, columns.at[j], rows->at + i * view->row_size);
		}
		fputc(']', out);
	}
	fputs("]}", out);
}

static void print_totals(FILE *out, const struct snapshot *snap)
{
	uint64_t cached, files = duplicates_unknown(snap, &cached);
	const char *host = snapshot_fact(snap, "hostname");
	const char *kernel = snapshot_fact(snap, "kernel");
	char *skipped = skipped_json(snap);
	char *incomplete = skipped_text(snap);
	char *source = origin_text(snap);

	fprintf(out, "{\"page_size\":%" PRIu64 ",\"host\":", snap->page_size);
	text_json(out, host ? host : "");
	fputs(",\"kernel\":", out);
	text_json(out, kernel ? kernel : "");
	if (snap->time_ns != UNKNOWN)
		fprintf(out, ",\"time\":%" PRIu64, snap->time_ns / 1000000);
	fprintf(out, ",\n\"skipped\":%s,\"incomplete\":", skipped);
	text_json(out, incomplete ?: "");
	fputs(",\"source\":", out);
	text_json(out, snap->source ? source : "");
	free(source);
	free(incomplete);
	free(skipped);
	if (!snapshot_lacks(snap, LIBRARIES, "buildid"))
		fprintf(out, ",\n\"not_known\":{\"files\":%" PRIu64 ",\"cached\":%" PRIu64 "}",
			files, cached);
	fputs(",\n\"totals\":", out);
	members_totals(out, snap);
}

/* What an audit found, and what to do. */
static void print_audit(FILE *out, struct snapshot *snap)
{
	const struct filter all = { 0 };
	struct rows findings = findings_find(snap, &all), what_if = what_if_find(snap);

	print_table(out, &findings_view, &findings, "wins,procs,rule,finding,remedy");
	print_table(out, &what_if_view, &what_if, "change,wins,now,procs,path");
	print_table(out, &tables[AUDIT], &snap->table[AUDIT],
		    "lib,section,in_file,equal,relocated,different,unread,in_file_procs,equal_procs,relocated_procs,different_procs,unread_procs");
	free(findings.at);
	free(what_if.at);
}

static void print_data(FILE *out, struct snapshot *snap)
{
	struct rows duplicates = duplicates_find(snap);
	struct rows sections = sections_find(snap, NULL);

	print_totals(out, snap);
	print_table(out, &tables[LIBRARIES], &snap->table[LIBRARIES],
		    "path,saved,mapped,shared,rss,cow,cow_unique,swap,cached,size,procs,lib");
	print_table(out, &tables[PAGES], &snap->table[PAGES],
		    "lib,first,count,cached,sharers,copies");
	print_table(out, &tables[ELF], &snap->table[ELF], "lib,section,offset,size");
	print_table(out, &sections_view, &sections, "lib,section,cause,cow");
	if (snap->has & HAS(PROCESSES))
		print_table(out, &tables[PROCESSES], &snap->table[PROCESSES],
			    "comm,pid,pss,private,rss,cow,libs,cmdline");
	print_table(out, &duplicates_view, &duplicates,
		    "group,wasted,cached,mapped,procs,path,buildid");
	if (snap->has & HAS(AUDIT))
		print_audit(out, snap);
	fputs("}\n", out);
	free(sections.at);
	free(duplicates.at);
}

/**
 * html_run() - Write a page for a browser.
 * @options: The command line.
 *
 * Return: The exit status.
 */
int html_run(const struct options *options)
{
	struct source *source = batch_source(options);
	const char *place = strstr(report, PLACE);
	unsigned int needs = HAS(LIBRARIES) | HAS(PAGES);
	struct snapshot *snap;
	struct output output;

	/* Mappings lead to files, of which recordings know already. */
	if (!options->replay)
		needs |= HAS(MAPPINGS) | HAS(PROCESSES);
	if (audit_is_needed(options))
		needs |= options->view->needs;
	if (source_next(source, needs, &snap) <= 0)
		errx(TROUBLE, "%s", source_why(source));
	audit_prepare(options, snap);
	if (!options->replay) {
		elf_add(snap, NULL);
		cmdline_add(snap);
	}
	skipped_warn(snap, NULL);
	output_open(&output, options->target, false);
	fwrite(report, 1, place - report, output.out);
	print_data(output.out, snap);
	fputs(place + strlen(PLACE), output.out);
	output_close(&output);
	snapshot_free(snap);
	source_close(source);
	return EXIT_SUCCESS;
}
