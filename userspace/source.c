// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where snapshots come from. Whatever goes wrong is said in one line that
 * tells what to do.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

#include "alloc.h"
#include "columns.h"
#include "proc.h"
#include "source.h"
#include "stream.h"
#include "why.h"

struct libshare_source {
	char *directory;		/* of the module's files; or NULL */
	bool proc;			/* /proc instead of the module */
	bool read_files;		/* of libraries, where /proc does not tell */
	char *proc_why;			/* why not the module; or NULL */
	uint64_t generation;		/* of the last scan of /proc */
	char *file;			/* a recording; or NULL */
	struct libshare_stream *stream;	/* of the recording */
	bool any;			/* snapshots there were in it */
	char why[1024];
};

static struct libshare_source *new_source(void)
{
	return xcalloc(1, sizeof(struct libshare_source));
}

/**
 * libshare_source_module() - Snapshots of this machine.
 * @directory: Where the module's files are.
 *
 * Return: The source, for libshare_source_close().
 */
struct libshare_source *libshare_source_module(const char *directory)
{
	struct libshare_source *source = new_source();

	source->directory = xstrdup(directory);
	return source;
}

/**
 * libshare_source_proc() - Snapshots of this machine, without the module.
 * @read_files: Read build IDs from the files of libraries.
 *
 * Return: The source, for libshare_source_close().
 */
struct libshare_source *libshare_source_proc(bool read_files)
{
	struct libshare_source *source = new_source();

	source->proc = true;
	source->read_files = read_files;
	return source;
}

/**
 * libshare_source_replay() - The snapshots in a recording, one after another.
 * @file: Its name, or "-" for standard input.
 *
 * Return: The source, for libshare_source_close().
 */
struct libshare_source *libshare_source_replay(const char *file)
{
	struct libshare_source *source = new_source();

	source->file = xstrdup(file);
	return source;
}

/**
 * libshare_source_is_replay() - Whether a source is a recording.
 * @source: The source.
 *
 * Return: Whether it is.
 */
bool libshare_source_is_replay(const struct libshare_source *source)
{
	return source->file;
}

/**
 * libshare_source_is_proc() - Whether a source is /proc.
 * @source: The source.
 *
 * Return: Whether it is.
 */
bool libshare_source_is_proc(const struct libshare_source *source)
{
	return source->proc;
}

/**
 * libshare_source_why() - Why a source failed.
 * @source: The source.
 *
 * Return: A line for the user.
 */
const char *libshare_source_why(const struct libshare_source *source)
{
	return source->why;
}

/**
 * libshare_source_close() - Free a source.
 * @source: The source, or NULL.
 */
void libshare_source_close(struct libshare_source *source)
{
	if (!source)
		return;
	libshare_stream_close(source->stream);
	free(source->directory);
	free(source->proc_why);
	free(source->file);
	free(source);
}

__printf(2, 3)
static int fail(struct libshare_source *source, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(source->why, sizeof(source->why), format, args);
	va_end(args);
	return -1;
}

static int open_file(struct libshare_source *source, const char *name, char **path)
{
	int fd;

	*path = xasprintf("%s/%s", source->directory, name);
	fd = open(*path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		libshare_why_closed(source->directory, *path, errno, source->why,
				    sizeof(source->why));
	return fd;
}

/**
 * libshare_source_auto() - Snapshots of this machine, from the module if it can be read.
 * @directory: Where the module's files are.
 * @read_files: As libshare_source_proc() has it.
 *
 * Return: The source, for libshare_source_close().
 */
struct libshare_source *libshare_source_auto(const char *directory, bool read_files)
{
	struct libshare_source *source = libshare_source_module(directory), *proc;
	char *path;
	int fd = open_file(source, "stats", &path);

	free(path);
	if (fd >= 0) {
		close(fd);
		return source;
	}
	proc = libshare_source_proc(read_files);
	/* What helps comes after a colon, and is for those who want the module. */
	proc->proc_why = strndup(source->why, strcspn(source->why, ":"));
	libshare_source_close(source);
	return proc;
}

/* All that a file has; NULL, and errno, if it cannot be read or is too large. */
static char *read_all(int fd, size_t *size)
{
	size_t room = 0;
	char *data = NULL;
	ssize_t n;

	*size = 0;
	do {
		if (room - *size < 65536) {
			room = 2 * room + 131072;
			data = xrealloc(data, room, 1);
		}
		n = read(fd, data + *size, room - *size - 1);
		if (n > 0)
			*size += n;
		if (*size > libshare_memory_max) {
			errno = EFBIG;
			n = -1;
		}
	} while (n > 0 || (n < 0 && errno == EINTR));
	if (n < 0) {
		int error = errno;

		free(data);
		errno = error;
		return NULL;
	}
	data[*size] = '\0';
	return data;
}

static char *read_file(struct libshare_source *source, const char *name, size_t *size)
{
	char *path, *data = NULL;
	int fd = open_file(source, name, &path);

	if (fd >= 0) {
		data = read_all(fd, size);
		if (!data && errno == EFBIG)
			fail(source, "%s is larger than %" PRIu64 " MiB: allow more with --memory-max",
			     path, libshare_memory_max >> 20);
		else if (!data)
			fail(source, "cannot read %s: %s", path, strerror(errno));
		close(fd);
	}
	free(path);
	return data;
}

/**
 * libshare_source_raw() - Scan, and get all tables as they are printed.
 * @source: The module.
 * @size: Set to their bytes.
 *
 * Return: The text, for free(); NULL when it cannot be had.
 */
char *libshare_source_raw(struct libshare_source *source, size_t *size)
{
	return read_file(source, "snapshot", size);
}

/**
 * libshare_source_stats() - What the last scan cost.
 * @source: The module.
 *
 * Return: Lines of "name value", for free(); NULL when they cannot be had.
 */
char *libshare_source_stats(struct libshare_source *source)
{
	size_t size;

	return read_file(source, "stats", &size);
}

/* What the scan cost, as facts beside the tables; nothing where that fails. */
static void add_stats(struct libshare_source *source, struct libshare_snapshot *snap)
{
	char *stats = libshare_source_stats(source), *rest = stats, *line;

	while (rest && (line = strsep(&rest, "\n"))) {
		char *name = strsep(&line, " ");
		struct libshare_fact *fact;

		if (!line)
			continue;
		fact = libshare_snapshot_add(snap, LIBSHARE_ABOUT);
		fact->name = libshare_snapshot_keep(snap, name);
		fact->value = libshare_snapshot_keep(snap, line);
	}
	snap->has |= LIBSHARE_HAS(LIBSHARE_ABOUT);
	free(stats);
}

/* The file that costs the module least, of those that have all of @needs. */
static const char *choose_file(unsigned int needs)
{
	int id;

	for (id = 0; id < LIBSHARE_ABOUT; id++)
		if (!(needs & ~LIBSHARE_HAS(id)))
			return libshare_tables[id].name;
	return "snapshot";
}

static int scan_file(struct libshare_source *source, const char *name,
		     struct libshare_snapshot **snap)
{
	struct libshare_stream *stream;
	char *path;
	int fd = open_file(source, name, &path), got;

	if (fd < 0) {
		free(path);
		return -1;
	}
	stream = libshare_stream_file(fd, path);
	got = libshare_stream_next(stream, snap);
	if (got > 0)
		add_stats(source, *snap);
	else if (got < 0)
		fail(source, "%s", libshare_stream_why(stream));
	else
		got = fail(source, "%s is empty: load a newer libshare module", path);
	libshare_stream_close(stream);
	free(path);
	return got;
}

/* Libraries and processes, from their own files: all of a snapshot costs more. */
static int scan_apart(struct libshare_source *source, struct libshare_snapshot **snap)
{
	struct libshare_snapshot *also;
	int got = scan_file(source, libshare_tables[LIBSHARE_LIBRARIES].name, snap);

	if (got <= 0)
		return got;
	got = scan_file(source, libshare_tables[LIBSHARE_PROCESSES].name, &also);
	if (got > 0)
		libshare_snapshot_join(*snap, also, LIBSHARE_PROCESSES);
	else
		libshare_snapshot_free(*snap);
	return got;
}

static int scan(struct libshare_source *source, unsigned int needs,
		struct libshare_snapshot **snap)
{
	const unsigned int both = LIBSHARE_HAS(LIBSHARE_LIBRARIES) |
				  LIBSHARE_HAS(LIBSHARE_PROCESSES);

	if (needs == (both | LIBSHARE_APART))
		return scan_apart(source, snap);
	return scan_file(source, choose_file(needs & ~LIBSHARE_APART), snap);
}

static int scan_proc(struct libshare_source *source, unsigned int needs,
		     struct libshare_snapshot **snap)
{
	if (!libshare_proc_scan(needs & ~LIBSHARE_APART,
				source->read_files ? libshare_proc_buildid : NULL,
				++source->generation, snap, source->why,
				sizeof(source->why)))
		return -1;
	if (source->proc_why)
		(*snap)->source_why = libshare_snapshot_keep(*snap, source->proc_why);
	return 1;
}

static int replay(struct libshare_source *source, struct libshare_snapshot **snap)
{
	int fd = STDIN_FILENO, got;

	if (!source->stream) {
		if (strcmp(source->file, "-"))
			fd = open(source->file, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			return fail(source, "cannot open %s: %s", source->file, strerror(errno));
		source->stream = libshare_stream_file(fd, source->file);
	}
	got = libshare_stream_next(source->stream, snap);
	if (got < 0)
		return fail(source, "%s", libshare_stream_why(source->stream));
	if (!got && !source->any)
		return fail(source, "%s holds no snapshot: make one with --record", source->file);
	source->any = true;
	return got;
}

static const char *first_missing(unsigned int missing)
{
	int id = 0;

	while (!(missing & LIBSHARE_HAS(id)))
		id++;
	return libshare_tables[id].name;
}

/**
 * libshare_source_next() - Scan, or read the next snapshot of a recording.
 * @source: The source.
 * @needs: LIBSHARE_HAS(): tables that the snapshot must have; they agree with each
 *         other, but with LIBSHARE_APART.
 * @snap: Set to it, for libshare_snapshot_free().
 *
 * Return: 1; 0 when the recording ends; -1 when there is no such snapshot: see
 *         libshare_source_why().
 */
int libshare_source_next(struct libshare_source *source, unsigned int needs,
			 struct libshare_snapshot **snap)
{
	int got = source->proc ? scan_proc(source, needs, snap) :
		  source->file ? replay(source, snap) : scan(source, needs, snap);
	unsigned int missing = got > 0 ? needs & ~LIBSHARE_APART & ~(*snap)->has : 0;

	if (!missing)
		return got;
	if (source->proc)
		fail(source, "/proc has no table of %s: load the libshare module, and use --source module",
		     first_missing(missing));
	else
		fail(source, "%s has no table of %s: record the file %s/snapshot",
		     source->file ?: source->directory, first_missing(missing),
		     LIBSHARE_DIRECTORY);
	libshare_snapshot_free(*snap);
	return -1;
}
