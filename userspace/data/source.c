// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where snapshots come from. Whatever goes wrong is said in one line that
 * tells what to do.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

#include "data/alloc.h"
#include "data/columns.h"
#include "data/names.h"
#include "data/readall.h"
#include "data/source.h"
#include "data/stream.h"
#include "data/why.h"
#include "data/proc/proc.h"

struct source {
	char *directory;		/* of the module's files; or NULL */
	bool proc;			/* /proc instead of the module */
	bool read_files;		/* of libraries, where /proc does not tell */
	unsigned int names;		/* to read with each scan */
	char *proc_why;			/* why not the module; or NULL */
	uint64_t generation;		/* of the last scan of /proc */
	char *file;			/* a recording; or NULL */
	struct stream *stream;	/* of the recording */
	uint64_t read;			/* snapshots of it so far */
	char why[1024];
};

static struct source *new_source(void)
{
	return xcalloc(1, sizeof(struct source));
}

/**
 * source_module() - Snapshots of this machine.
 * @directory: Where the module's files are.
 *
 * Return: The source, for source_close().
 */
struct source *source_module(const char *directory)
{
	struct source *source = new_source();

	source->directory = xstrdup(directory);
	return source;
}

/**
 * source_proc() - Snapshots of this machine, without the module.
 * @read_files: Read build IDs from the files of libraries.
 *
 * Return: The source, for source_close().
 */
struct source *source_proc(bool read_files)
{
	struct source *source = new_source();

	source->proc = true;
	source->read_files = read_files;
	return source;
}

/**
 * source_replay() - The snapshots in a recording, one after another.
 * @file: Its name, or "-" for standard input.
 *
 * Return: The source, for source_close().
 */
struct source *source_replay(const char *file)
{
	struct source *source = new_source();

	source->file = xstrdup(file);
	return source;
}

/**
 * source_is_replay() - Whether a source is a recording.
 * @source: The source.
 *
 * Return: Whether it is.
 */
bool source_is_replay(const struct source *source)
{
	return source->file;
}

/**
 * source_is_proc() - Whether a source is /proc.
 * @source: The source.
 *
 * Return: Whether it is.
 */
bool source_is_proc(const struct source *source)
{
	return source->proc;
}

/**
 * source_why() - Why a source failed.
 * @source: The source.
 *
 * Return: A line for the user.
 */
const char *source_why(const struct source *source)
{
	return source->why;
}

/**
 * source_close() - Free a source.
 * @source: The source, or NULL.
 */
void source_close(struct source *source)
{
	if (!source)
		return;
	stream_close(source->stream);
	free(source->directory);
	free(source->proc_why);
	free(source->file);
	free(source);
}

__printf(2, 3)
static int fail(struct source *source, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(source->why, sizeof(source->why), format, args);
	va_end(args);
	return -1;
}

static int open_file(struct source *source, const char *name, char **path)
{
	int fd;

	*path = xasprintf("%s/%s", source->directory, name);
	fd = open(*path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		why_closed(source->directory, *path, errno, source->why,
			   sizeof(source->why));
	return fd;
}

/**
 * source_auto() - Snapshots of this machine, from the module if it can be read.
 * @directory: Where the module's files are.
 * @read_files: As source_proc() has it.
 *
 * Return: The source, for source_close().
 */
struct source *source_auto(const char *directory, bool read_files)
{
	struct source *source = source_module(directory), *proc;
	char *path;
	int fd = open_file(source, "stats", &path);

	free(path);
	if (fd >= 0) {
		close(fd);
		return source;
	}
	proc = source_proc(read_files);
	/* What helps comes after a colon, and is for those who want the module. */
	proc->proc_why = strndup(source->why, strcspn(source->why, ":"));
	source_close(source);
	return proc;
}

static char *read_file(struct source *source, const char *name, size_t *size)
{
	char *path, *data = NULL;
	int fd = open_file(source, name, &path);

	if (fd >= 0) {
		data = readall(fd, size);
		if (!data && errno == EFBIG)
			fail(source, "%s is larger than %" PRIu64 " MiB: allow more with --memory-max",
			     path, memory_max >> 20);
		else if (!data)
			fail(source, "cannot read %s: %s", path, strerror(errno));
		close(fd);
	}
	free(path);
	return data;
}

/**
 * source_raw() - Scan, and get all tables as they are printed.
 * @source: The module.
 * @size: Set to their bytes.
 *
 * Return: The text, for free(); NULL when it cannot be had.
 */
char *source_raw(struct source *source, size_t *size)
{
	return read_file(source, "snapshot", size);
}

/**
 * source_stats() - What the last scan cost.
 * @source: The module.
 *
 * Return: Lines of "name value", for free(); NULL when they cannot be had.
 */
char *source_stats(struct source *source)
{
	size_t size;

	return read_file(source, "stats", &size);
}

/* What the scan cost, as facts beside the tables; nothing where that fails. */
static void add_stats(struct source *source, struct snapshot *snap)
{
	char *stats = source_stats(source), *rest = stats, *line;

	while (rest && (line = strsep(&rest, "\n"))) {
		char *name = strsep(&line, " ");
		struct fact *fact;

		if (!line)
			continue;
		fact = snapshot_add(snap, ABOUT);
		fact->name = snapshot_keep(snap, name);
		fact->value = snapshot_keep(snap, line);
	}
	snap->has |= HAS(ABOUT);
	free(stats);
}

/* The file that costs the module least, of those that have all of @needs. */
static const char *choose_file(unsigned int needs)
{
	int id;

	for (id = 0; id < ABOUT; id++)
		if (!(needs & ~HAS(id)))
			return tables[id].name;
	return "snapshot";
}

static int scan_file(struct source *source, const char *name, struct snapshot **snap)
{
	struct stream *stream;
	char *path;
	int fd = open_file(source, name, &path), got;

	if (fd < 0) {
		free(path);
		return -1;
	}
	stream = stream_file(fd, path);
	got = stream_next(stream, snap);
	if (got > 0)
		add_stats(source, *snap);
	else if (got < 0)
		fail(source, "%s", stream_why(stream));
	else
		got = fail(source, "%s is empty: load a newer libshare module", path);
	stream_close(stream);
	free(path);
	return got;
}

/* Libraries and processes, from their own files: all of a snapshot costs more. */
static int scan_apart(struct source *source, struct snapshot **snap)
{
	struct snapshot *also;
	int got = scan_file(source, tables[LIBRARIES].name, snap);

	if (got <= 0)
		return got;
	got = scan_file(source, tables[PROCESSES].name, &also);
	if (got > 0)
		snapshot_join(*snap, also, PROCESSES);
	else
		snapshot_free(*snap);
	return got;
}

static int scan(struct source *source, unsigned int needs, struct snapshot **snap)
{
	const unsigned int both = HAS(LIBRARIES) |
				  HAS(PROCESSES);

	if (needs == (both | APART))
		return scan_apart(source, snap);
	return scan_file(source, choose_file(needs & ~APART), snap);
}

static int scan_proc(struct source *source, unsigned int needs, struct snapshot **snap)
{
	if (!proc_scan(needs & ~APART,
		       source->read_files ? proc_buildid : NULL,
		       ++source->generation, snap, source->why,
		       sizeof(source->why)))
		return -1;
	if (source->proc_why)
		(*snap)->source_why = snapshot_keep(*snap, source->proc_why);
	return 1;
}

static int replay(struct source *source, struct snapshot **snap)
{
	int fd = STDIN_FILENO, got;

	if (!source->stream) {
		if (strcmp(source->file, "-"))
			fd = open(source->file, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			return fail(source, "cannot open %s: %s", source->file, strerror(errno));
		source->stream = stream_file(fd, source->file);
	}
	got = stream_next(source->stream, snap);
	if (got < 0)
		return fail(source, "%s", stream_why(source->stream));
	if (!got && !source->read)
		return fail(source, "%s holds no snapshot: make one with --record", source->file);
	source->read += got;
	return got;
}

/**
 * source_seek() - Make a snapshot of a recording the next one.
 * @source: The recording, which is not standard input.
 * @at: How many snapshots come before it.
 *
 * A recording is read from its start: what a snapshot holds says where the next begins.
 *
 * Return: 1; 0 if the recording ends before; -1 if it cannot be read: see source_why().
 */
int source_seek(struct source *source, uint64_t at)
{
	struct snapshot *snap = NULL;
	int got;

	if (at < source->read) {
		stream_close(source->stream);
		source->stream = NULL;
		source->read = 0;
	}
	while (source->read < at) {
		got = replay(source, &snap);
		if (got <= 0)
			return got;
		snapshot_free(snap);
	}
	return 1;
}

static const char *first_missing(unsigned int missing)
{
	int id = 0;

	while (!(missing & HAS(id)))
		id++;
	return tables[id].name;
}

/**
 * source_want_names() - Have names in all snapshots of this machine.
 * @source: The source, which is no recording.
 * @kinds: As names_add() has it.
 */
void source_want_names(struct source *source, unsigned int kinds)
{
	source->names = kinds;
}

/**
 * source_next() - Scan, or read the next snapshot of a recording.
 * @source: The source.
 * @needs: HAS(): tables that the snapshot must have; they agree with each
 *         other, but with APART.
 * @snap: Set to it, for snapshot_free().
 *
 * Return: 1; 0 when the recording ends; -1 when there is no such snapshot: see
 *         source_why().
 */
int source_next(struct source *source, unsigned int needs, struct snapshot **snap)
{
	int got = source->proc ? scan_proc(source, needs, snap) :
		  source->file ? replay(source, snap) : scan(source, needs, snap);
	unsigned int missing = got > 0 ? needs & ~APART & ~(*snap)->has : 0;

	if (!missing) {
		if (got > 0 && source->names)
			names_add(*snap, source->names);
		return got;
	}
	if (source->proc)
		fail(source, "/proc has no table of %s: load the libshare module, and use --source module",
		     first_missing(missing));
	else
		fail(source, "%s has no table of %s: record the file %s/snapshot",
		     source->file ?: source->directory, first_missing(missing),
		     DIRECTORY);
	snapshot_free(*snap);
	return -1;
}
