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

#include "alloc.h"
#include "audit.h"
#include "audit_view.h"
#include "cmdline.h"
#include "elffile.h"
#include "output.h"
#include "parse.h"
#include "record.h"
#include "skipped.h"
#include "source.h"
#include "stream.h"

#define LEVEL 9

static volatile sig_atomic_t stop;

static void on_signal(int number)
{
	stop = number;
}

static void add_fact(struct libshare_snapshot *snap, const char *name, const char *value)
{
	struct libshare_fact *fact = libshare_snapshot_add(snap, LIBSHARE_ABOUT);

	fact->name = name;
	fact->value = value;
}

static void add_stats(struct libshare_snapshot *snap, char *stats)
{
	char *line, *name;

	while (stats && (line = strsep(&stats, "\n"))) {
		name = strsep(&line, " ");
		if (line)
			add_fact(snap, name, line);
	}
}

static void write_table(FILE *out, const struct libshare_snapshot *snap, enum libshare_table_id id)
{
	const struct libshare_view *table = &libshare_tables[id];
	const struct libshare_column *column[LIBSHARE_FIELDS], *col;
	char buf[LIBSHARE_CELL];
	size_t nr = 0, i, j;

	for (col = table->columns; col->name; col++)
		if (!libshare_snapshot_lacks(snap, id, col->name))
			column[nr++] = col;
	fprintf(out, "# libshare 1 %s generation=%" PRIu64 " page_size=%" PRIu64, table->name,
		snap->generation, snap->page_size);
	libshare_skipped_head(out, snap);
	if (snap->time_ns != LIBSHARE_UNKNOWN)
		fprintf(out, " time_ns=%" PRIu64, snap->time_ns);
	if (snap->duplicated != LIBSHARE_UNKNOWN)
		fprintf(out, " duplicated=%" PRIu64, snap->duplicated);
	fputc('\n', out);
	for (j = 0; j < nr; j++)
		fprintf(out, "%s%c", column[j]->name, j + 1 < nr ? '\t' : '\n');
	for (i = 0; i < snap->table[id].nr; i++) {
		const char *row = snap->table[id].at + i * table->row_size;

		for (j = 0; j < nr; j++)
			fprintf(out, "%s%c", libshare_column_format(column[j], row, false, buf),
				j + 1 < nr ? '\t' : '\n');
	}
}

/**
 * libshare_record_complete() - Add to a snapshot what a replay elsewhere needs.
 * @snap: A snapshot of this machine, with libraries, mappings and pages.
 */
void libshare_record_complete(struct libshare_snapshot *snap)
{
	struct utsname uts;

	if (libshare_snapshot_fact(snap, "hostname"))
		return;
	if (uname(&uts))
		err(LIBSHARE_TROUBLE, "cannot record");
	add_fact(snap, "hostname", libshare_snapshot_keep(snap, uts.nodename));
	add_fact(snap, "kernel", libshare_snapshot_keep(snap, uts.release));
	add_fact(snap, "machine", libshare_snapshot_keep(snap, uts.machine));
	snap->has |= LIBSHARE_HAS(LIBSHARE_ABOUT);
	libshare_elf_add(snap, NULL);
	libshare_cmdline_add(snap);
}

/* The tables that follow those of the module. */
static char *make_extras(const struct libshare_options *options, struct libshare_snapshot *snap,
			 char *stats, size_t *size)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, size);

	if (!out)
		err(LIBSHARE_TROUBLE, "cannot record");
	if (libshare_audit_is_needed(options))
		libshare_audit_run(snap, &options->filter, stderr);
	libshare_record_complete(snap);
	add_stats(snap, stats);
	write_table(out, snap, LIBSHARE_ABOUT);
	write_table(out, snap, LIBSHARE_ELF);
	write_table(out, snap, LIBSHARE_RELOCS);
	write_table(out, snap, LIBSHARE_CMDLINES);
	if (snap->has & LIBSHARE_HAS(LIBSHARE_AUDIT)) {
		write_table(out, snap, LIBSHARE_AUDIT);
		write_table(out, snap, LIBSHARE_PROGRAMS);
		write_table(out, snap, LIBSHARE_DISTINCT);
	}
	if (fclose(out))
		err(LIBSHARE_TROUBLE, "cannot record");
	return text;
}

static void write_frame(FILE *out, ZSTD_CCtx *zstd, const char *text, size_t size)
{
	size_t room = ZSTD_compressBound(size), used;
	void *frame = xrealloc(NULL, room, 1);

	used = ZSTD_compress2(zstd, frame, room, text, size);
	if (ZSTD_isError(used))
		errx(LIBSHARE_TROUBLE, "cannot compress: %s", ZSTD_getErrorName(used));
	fwrite(frame, used, 1, out);
	free(frame);
}

/**
 * libshare_record_save() - Write a snapshot that was read to a file.
 * @snap: The snapshot.
 * @file: The file.
 *
 * Return: Whether that worked; if not, errno says why, and there is no file.
 */
bool libshare_record_save(const struct libshare_snapshot *snap, const char *file)
{
	ZSTD_CCtx *zstd = ZSTD_createCCtx();
	struct libshare_output output;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	bool fine;
	int id;

	if (!zstd || !out)
		err(LIBSHARE_TROUBLE, "cannot allocate memory");
	for (id = 0; id < LIBSHARE_TABLES; id++)
		if (snap->has & LIBSHARE_HAS(id))
			write_table(out, snap, id);
	fine = !fclose(out) && libshare_output_try(&output, file, true);
	if (fine) {
		write_frame(output.out, zstd, text, size);
		fine = libshare_output_keep(&output);
	}
	free(text);
	ZSTD_freeCCtx(zstd);
	return fine;
}

static void record_one(const struct libshare_options *options, struct libshare_source *source,
		       const char *name, FILE *out, ZSTD_CCtx *zstd)
{
	struct libshare_snapshot *snap;
	struct libshare_stream *stream;
	char *text, *stats, *extras;
	size_t size, more;

	text = libshare_source_raw(source, &size);
	if (!text)
		errx(LIBSHARE_TROUBLE, "%s", libshare_source_why(source));
	stats = libshare_source_stats(source);
	stream = libshare_stream_memory(text, size, name);
	switch (libshare_stream_next(stream, &snap)) {
	case 0:
		errx(LIBSHARE_TROUBLE, "%s: there is no snapshot in it", name);
	case -1:
		errx(LIBSHARE_TROUBLE, "%s", libshare_stream_why(stream));
	}
	libshare_skipped_warn(snap, NULL);
	extras = make_extras(options, snap, stats, &more);
	text = xrealloc(text, size + more + 1, 1);
	memcpy(text + size, extras, more);
	write_frame(out, zstd, text, size + more);
	libshare_stream_close(stream);
	libshare_snapshot_free(snap);
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
 * libshare_record_run() - Write snapshots to a file.
 * @options: The command line.
 *
 * An interrupt ends the recording after the snapshot at hand.
 *
 * Return: The exit status.
 */
int libshare_record_run(const struct libshare_options *options)
{
	const struct sigaction action = { .sa_handler = on_signal };
	uint64_t left = options->iterations ? options->iterations : 1;
	struct libshare_source *source;
	struct libshare_output output;
	ZSTD_CCtx *zstd = ZSTD_createCCtx();
	char *name;

	if (!zstd)
		errx(LIBSHARE_TROUBLE, "cannot allocate memory");
	ZSTD_CCtx_setParameter(zstd, ZSTD_c_compressionLevel, LEVEL);
	ZSTD_CCtx_setParameter(zstd, ZSTD_c_checksumFlag, 1);
	source = libshare_source_module(options->directory);
	name = xasprintf("%s/snapshot", options->directory);
	libshare_output_open(&output, options->target, true);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	while (left--) {
		record_one(options, source, name, output.out, zstd);
		if (!left || stop)
			break;
		/* Whoever reads from a pipe gets each snapshot when it is there. */
		if (fflush(output.out))
			err(LIBSHARE_TROUBLE, "cannot write %s", options->target);
		pause_for(options->delay_ms);
		if (stop)
			break;
	}
	libshare_output_close(&output);
	libshare_source_close(source);
	ZSTD_freeCCtx(zstd);
	free(name);
	return EXIT_SUCCESS;
}
