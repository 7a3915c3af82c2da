// SPDX-License-Identifier: GPL-2.0-only
/*
 * Recordings: what the file "snapshot" prints, followed by tables of the same
 * form with what else a replay needs. Each snapshot is a frame of zstd of its
 * own, so that zstd -dc shows all of it.
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <sys/utsname.h>
#include <time.h>
#include <zstd.h>

#include "data/alloc.h"
#include "data/cmdline.h"
#include "data/elffile.h"
#include "data/names.h"
#include "data/origin.h"
#include "data/parse.h"
#include "data/skipped.h"
#include "data/source.h"
#include "data/stream.h"
#include "data/proc/proc.h"
#include "out/audit_view.h"
#include "out/batch.h"
#include "out/output.h"
#include "out/record.h"

#define LEVEL 9

static volatile sig_atomic_t stop;

static void on_signal(int number)
{
	stop = number;
}

static void add_fact(struct snapshot *snap, const char *name, const char *value)
{
	struct fact *fact = snapshot_add(snap, ABOUT);

	fact->name = name;
	fact->value = value;
}

static void add_stats(struct snapshot *snap, char *stats)
{
	char *line, *name;

	while (stats && (line = strsep(&stats, "\n"))) {
		name = strsep(&line, " ");
		if (line)
			add_fact(snap, name, line);
	}
}

static void write_table(FILE *out, const struct snapshot *snap, enum table_id id)
{
	const struct view *table = &tables[id];
	const struct column *column[FIELDS], *col;
	char buf[CELL];
	size_t nr = 0, i, j;

	for (col = table->columns; col->name; col++)
		if (!snapshot_lacks(snap, id, col->name))
			column[nr++] = col;
	fprintf(out, "# libshare 1 %s generation=%" PRIu64 " page_size=%" PRIu64, table->name,
		snap->generation, snap->page_size);
	skipped_head(out, snap);
	origin_head(out, snap);
	if (snap->time_ns != UNKNOWN)
		fprintf(out, " time_ns=%" PRIu64, snap->time_ns);
	if (snap->duplicated != UNKNOWN)
		fprintf(out, " duplicated=%" PRIu64, snap->duplicated);
	fputc('\n', out);
	for (j = 0; j < nr; j++)
		fprintf(out, "%s%c", column[j]->name, j + 1 < nr ? '\t' : '\n');
	for (i = 0; i < snap->table[id].nr; i++) {
		const char *row = snap->table[id].at + i * table->row_size;

		for (j = 0; j < nr; j++)
			fprintf(out, "%s%c", column_format(column[j], row, false, buf),
				j + 1 < nr ? '\t' : '\n');
	}
}

/**
 * record_complete() - Add to a snapshot what a replay elsewhere needs.
 * @snap: A snapshot of this machine, with libraries, mappings and pages.
 */
void record_complete(struct snapshot *snap)
{
	struct utsname uts;

	if (snapshot_fact(snap, "hostname"))
		return;
	if (uname(&uts))
		err(TROUBLE, "cannot record");
	add_fact(snap, "hostname", snapshot_keep(snap, uts.nodename));
	add_fact(snap, "kernel", snapshot_keep(snap, uts.release));
	add_fact(snap, "machine", snapshot_keep(snap, uts.machine));
	snap->has |= HAS(ABOUT);
	elf_add(snap, NULL);
	cmdline_add(snap);
	names_add(snap, NAMES_ALL);
}

/* The tables that follow those of the module. */
static char *make_extras(const struct options *options, struct snapshot *snap,
			 char *stats, size_t *size)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, size);

	if (!out)
		err(TROUBLE, "cannot record");
	if (audit_is_needed(options))
		audit_take(options, snap);
	record_complete(snap);
	add_stats(snap, stats);
	write_table(out, snap, ABOUT);
	write_table(out, snap, ELF);
	write_table(out, snap, RELOCS);
	write_table(out, snap, CMDLINES);
	write_table(out, snap, NAMED);
	if (snap->has & HAS(AUDIT)) {
		write_table(out, snap, AUDIT);
		write_table(out, snap, PROGRAMS);
		write_table(out, snap, DISTINCT);
	}
	if (fclose(out))
		err(TROUBLE, "cannot record");
	return text;
}

static void write_frame(FILE *out, ZSTD_CCtx *zstd, const char *text, size_t size)
{
	size_t room = ZSTD_compressBound(size), used;
	void *frame = xrealloc(NULL, room, 1);

	used = ZSTD_compress2(zstd, frame, room, text, size);
	if (ZSTD_isError(used))
		errx(TROUBLE, "cannot compress: %s", ZSTD_getErrorName(used));
	fwrite(frame, used, 1, out);
	free(frame);
}

/* All tables of a snapshot. */
static char *make_text(const struct snapshot *snap, size_t *size)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, size);
	int id;

	if (!out)
		err(TROUBLE, "cannot allocate memory");
	for (id = 0; id < TABLES; id++)
		if (snap->has & HAS(id))
			write_table(out, snap, id);
	if (fclose(out))
		err(TROUBLE, "cannot allocate memory");
	return text;
}

/**
 * record_save() - Write a snapshot that was read to a file.
 * @snap: The snapshot.
 * @file: The file.
 *
 * Return: Whether that worked; if not, errno says why, and there is no file.
 */
bool record_save(const struct snapshot *snap, const char *file)
{
	ZSTD_CCtx *zstd = ZSTD_createCCtx();
	struct output output;
	size_t size;
	char *text;
	bool fine;

	if (!zstd)
		err(TROUBLE, "cannot allocate memory");
	text = make_text(snap, &size);
	fine = output_try(&output, file, true);
	if (fine) {
		write_frame(output.out, zstd, text, size);
		fine = output_keep(&output);
	}
	free(text);
	ZSTD_freeCCtx(zstd);
	return fine;
}

/* What has no text of its own is recorded as it was understood. */
static void record_proc(const struct options *options, struct source *source,
			FILE *out, ZSTD_CCtx *zstd)
{
	struct snapshot *snap;
	char *text;
	size_t size;

	if (source_next(source, PROC_HAS, &snap) < 0)
		errx(TROUBLE, "%s", source_why(source));
	origin_warn(snap);
	if (audit_is_needed(options))
		audit_take(options, snap);
	record_complete(snap);
	text = make_text(snap, &size);
	write_frame(out, zstd, text, size);
	snapshot_free(snap);
	free(text);
}

static void record_one(const struct options *options, struct source *source,
		       const char *name, FILE *out, ZSTD_CCtx *zstd)
{
	struct snapshot *snap;
	struct stream *stream;
	char *text, *stats, *extras;
	size_t size, more;

	text = source_raw(source, &size);
	if (!text)
		errx(TROUBLE, "%s", source_why(source));
	stats = source_stats(source);
	stream = stream_memory(text, size, name);
	switch (stream_next(stream, &snap)) {
	case 0:
		errx(TROUBLE, "%s: there is no snapshot in it", name);
	case -1:
		errx(TROUBLE, "%s", stream_why(stream));
	}
	skipped_warn(snap, NULL);
	extras = make_extras(options, snap, stats, &more);
	text = xrealloc(text, size + more + 1, 1);
	memcpy(text + size, extras, more);
	write_frame(out, zstd, text, size + more);
	stream_close(stream);
	snapshot_free(snap);
	free(extras);
	free(stats);
	free(text);
}

/* Wait; a signal ends that, whenever it comes. */
static void pause_for(uint64_t ms)
{
	const struct timespec time = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&time, NULL);
}

/**
 * record_run() - Write snapshots to a file.
 * @options: The command line.
 *
 * An interrupt ends the recording after the snapshot at hand.
 *
 * Return: The exit status.
 */
int record_run(const struct options *options)
{
	const struct sigaction action = { .sa_handler = on_signal };
	uint64_t left = options->iterations ? options->iterations : 1;
	struct source *source;
	struct output output;
	ZSTD_CCtx *zstd = ZSTD_createCCtx();
	char *name;

	if (!zstd)
		errx(TROUBLE, "cannot allocate memory");
	ZSTD_CCtx_setParameter(zstd, ZSTD_c_compressionLevel, LEVEL);
	ZSTD_CCtx_setParameter(zstd, ZSTD_c_checksumFlag, 1);
	source = batch_source(options);
	name = xasprintf("%s/snapshot", options->directory);
	output_open(&output, options->target, true);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	while (left--) {
		if (source_is_proc(source))
			record_proc(options, source, output.out, zstd);
		else
			record_one(options, source, name, output.out, zstd);
		if (!left || stop)
			break;
		/* The reader of a pipe gets each snapshot as soon as it is there. */
		if (fflush(output.out))
			err(TROUBLE, "cannot write %s", options->target);
		pause_for(options->delay_ms);
		if (stop)
			break;
	}
	output_close(&output);
	source_close(source);
	ZSTD_freeCCtx(zstd);
	free(name);
	return EXIT_SUCCESS;
}
