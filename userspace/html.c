// SPDX-License-Identifier: GPL-2.0-only
/*
 * A page for a browser: report.html, which is part of the program, with the
 * tables in it as JSON. Everything else is up to the page.
 */
#include <inttypes.h>

#include "alloc.h"
#include "audit_view.h"
#include "batch.h"
#include "duplicates.h"
#include "elffile.h"
#include "explain.h"
#include "html.h"
#include "members.h"
#include "origin.h"
#include "output.h"
#include "sections.h"
#include "skipped.h"
#include "text.h"

#define HAS(id) LIBSHARE_HAS(LIBSHARE_##id)
#define PLACE "@DATA@"

__asm__(".pushsection .rodata\n"
	".globl libshare_report\n"
	"libshare_report:\n"
	".incbin \"report.html\"\n"
	".byte 0\n"
	".popsection\n");

static void print_cell(FILE *out, const struct libshare_column *col, const void *row)
{
	uint64_t value;

	if (col->type == LIBSHARE_TEXT) {
		libshare_text_json(out, libshare_column_text(col, row));
		return;
	}
	value = libshare_column_number(col, row);
	if (value == LIBSHARE_UNKNOWN)
		fputs("null", out);
	else
		fprintf(out, "%" PRIu64, value);
}

/* A table, as an array of columns and an array of rows. */
static void print_table(FILE *out, const struct libshare_view *view,
			const struct libshare_rows *rows, const char *list)
{
	static const char *const types[] = {
		[LIBSHARE_TEXT] = "text", [LIBSHARE_ID] = "id", [LIBSHARE_HEX] = "id",
		[LIBSHARE_COUNT] = "count", [LIBSHARE_BYTES] = "bytes",
	};
	struct libshare_columns columns;
	size_t i, j;

	libshare_columns_choose(view, list, &columns, NULL, 0);
	fprintf(out, ",\n\"%s\":{\"columns\":[", view->name);
	for (j = 0; j < columns.nr; j++) {
		fprintf(out, "%s{\"name\":\"%s\",\"type\":\"%s\",\"help\":", j ? "," : "",
			columns.at[j]->name, types[columns.at[j]->type]);
		libshare_text_json(out, columns.at[j]->help);
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

static void print_totals(FILE *out, const struct libshare_snapshot *snap)
{
	const char *host = libshare_snapshot_fact(snap, "hostname");
	const char *kernel = libshare_snapshot_fact(snap, "kernel");
	char *skipped = libshare_skipped_json(snap);
	char *incomplete = libshare_skipped_text(snap);
	char *source = libshare_origin_text(snap);

	fprintf(out, "{\"page_size\":%" PRIu64 ",\"host\":", snap->page_size);
	libshare_text_json(out, host ? host : "");
	fputs(",\"kernel\":", out);
	libshare_text_json(out, kernel ? kernel : "");
	if (snap->time_ns != LIBSHARE_UNKNOWN)
		fprintf(out, ",\"time\":%" PRIu64, snap->time_ns / 1000000);
	fprintf(out, ",\n\"skipped\":%s,\"incomplete\":", skipped);
	libshare_text_json(out, incomplete ?: "");
	fputs(",\"source\":", out);
	libshare_text_json(out, snap->source ? source : "");
	free(source);
	free(incomplete);
	free(skipped);
	fputs(",\n\"totals\":", out);
	libshare_members_totals(out, snap);
}

/* What an audit found, and what to do. */
static void print_audit(FILE *out, struct libshare_snapshot *snap)
{
	const struct libshare_filter all = { .pid = LIBSHARE_UNKNOWN };
	struct libshare_rows findings = libshare_findings_find(snap, &all);

	print_table(out, &libshare_findings_view, &findings, "wins,procs,rule,finding,remedy");
	print_table(out, &libshare_tables[LIBSHARE_AUDIT], &snap->table[LIBSHARE_AUDIT],
		    "lib,section,in_file,equal,relocated,different,unread");
	free(findings.at);
}

static void print_data(FILE *out, struct libshare_snapshot *snap)
{
	struct libshare_rows duplicates = libshare_duplicates_find(snap);
	struct libshare_rows sections = libshare_sections_find(snap, NULL);

	print_totals(out, snap);
	print_table(out, &libshare_tables[LIBSHARE_LIBRARIES], &snap->table[LIBSHARE_LIBRARIES],
		    "path,saved,mapped,shared,rss,cow,cow_unique,swap,cached,size,procs,lib");
	print_table(out, &libshare_tables[LIBSHARE_PAGES], &snap->table[LIBSHARE_PAGES],
		    "lib,first,count,cached,sharers,copies");
	print_table(out, &libshare_tables[LIBSHARE_ELF], &snap->table[LIBSHARE_ELF],
		    "lib,section,offset,size");
	print_table(out, &libshare_sections_view, &sections, "lib,section,cause,cow");
	print_table(out, &libshare_duplicates_view, &duplicates,
		    "group,wasted,cached,mapped,procs,path,buildid");
	if (snap->has & HAS(AUDIT))
		print_audit(out, snap);
	fputs("}\n", out);
	free(sections.at);
	free(duplicates.at);
}

/**
 * libshare_html_run() - Write a page for a browser.
 * @options: The command line.
 *
 * Return: The exit status.
 */
int libshare_html_run(const struct libshare_options *options)
{
	struct libshare_source *source = libshare_batch_source(options);
	const char *place = strstr(libshare_report, PLACE);
	unsigned int needs = HAS(LIBRARIES) | HAS(PAGES);
	struct libshare_snapshot *snap;
	struct libshare_output output;

	/* Mappings lead to files, of which recordings know already. */
	if (!options->replay)
		needs |= HAS(MAPPINGS);
	if (libshare_audit_is_needed(options))
		needs |= options->view->needs;
	if (libshare_source_next(source, needs, &snap) <= 0)
		errx(LIBSHARE_TROUBLE, "%s", libshare_source_why(source));
	libshare_audit_prepare(options, snap);
	if (!options->replay)
		libshare_elf_add(snap, NULL);
	libshare_skipped_warn(snap, NULL);
	libshare_output_open(&output, options->target, false);
	fwrite(libshare_report, 1, place - libshare_report, output.out);
	print_data(output.out, snap);
	fputs(place + strlen(PLACE), output.out);
	libshare_output_close(&output);
	libshare_snapshot_free(snap);
	libshare_source_close(source);
	return EXIT_SUCCESS;
}
