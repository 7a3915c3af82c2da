// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files that are written whole or not at all: under another name in the same
 * directory first. What is no ordinary file, such as a pipe, is written in place.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alloc.h"
#include "options.h"
#include "output.h"

static struct libshare_output *unfinished;

/* However the program ends, by exit() that is, nothing half-written stays. */
static void drop_unfinished(void)
{
	if (unfinished)
		unlink(unfinished->temporary);
}

static void on_signal(int number)
{
	drop_unfinished();
	raise(number);
}

/* Nor does it when a signal ends the program that had nothing to say to it. */
static void guard(struct libshare_output *o)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE };
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESETHAND }, old;
	static bool registered;
	size_t i;

	unfinished = o;
	if (registered)
		return;
	registered = true;
	atexit(drop_unfinished);
	for (i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		if (!sigaction(numbers[i], NULL, &old) && old.sa_handler == SIG_DFL)
			sigaction(numbers[i], &action, NULL);
}

static int open_temporary(struct libshare_output *o)
{
	mode_t mask = umask(0);
	int fd;

	umask(mask);
	o->temporary = xasprintf("%s.XXXXXX", o->name);
	fd = mkostemp(o->temporary, O_CLOEXEC);
	if (fd >= 0) {
		guard(o);
		fchmod(fd, 0666 & ~mask);
	} else {
		free(o->temporary);
		o->temporary = NULL;
	}
	return fd;
}

/**
 * libshare_output_try() - Begin to write a file.
 * @o: Set to it; only one is open at a time.
 * @name: The file; "-" or NULL is standard output.
 *
 * Return: Whether that worked; if not, errno says why.
 */
bool libshare_output_try(struct libshare_output *o, const char *name)
{
	struct stat st;
	int fd;

	*o = (struct libshare_output){ .out = stdout, .name = name };
	if (!name || !strcmp(name, "-"))
		return true;
	if (!stat(name, &st) && !S_ISREG(st.st_mode))
		fd = open(name, O_WRONLY | O_CLOEXEC);
	else
		fd = open_temporary(o);
	if (fd >= 0)
		o->out = fdopen(fd, "w");
	return fd >= 0 && o->out;
}

/**
 * libshare_output_open() - Begin to write a file, or exit.
 * @o: Set to it; only one is open at a time.
 * @name: The file; "-" or NULL is standard output.
 */
void libshare_output_open(struct libshare_output *o, const char *name)
{
	if (!libshare_output_try(o, name))
		err(LIBSHARE_TROUBLE, "cannot write %s", name);
}

/**
 * libshare_output_keep() - Put the file in its place. What was asked for first.
 * @o: The file, whose @out is closed then.
 *
 * Return: Whether all of it is there; if not, errno says why, and the file that
 *         was there before still is.
 */
bool libshare_output_keep(struct libshare_output *o)
{
	bool fine = !ferror(o->out) && !fflush(o->out);
	int error;

	if (o->out == stdout)
		return fine;
	/* A rename that outlives a power cut must not outrun its data. */
	if (o->temporary && fine)
		fine = !fsync(fileno(o->out));
	error = fine ? 0 : errno ? errno : EIO;
	if (fclose(o->out) && !error)
		error = errno;
	if (o->temporary) {
		if (!error && rename(o->temporary, o->name))
			error = errno;
		if (error)
			unlink(o->temporary);
		unfinished = NULL;
		free(o->temporary);
		o->temporary = NULL;
	}
	errno = error;
	return !error;
}

static const char *shown_name(const struct libshare_output *o)
{
	return o->out == stdout ? "standard output" : o->name;
}

/**
 * libshare_output_close() - Put the file in its place, or exit.
 * @o: The file.
 */
void libshare_output_close(struct libshare_output *o)
{
	const char *name = shown_name(o);

	if (libshare_output_keep(o))
		return;
	/* With a reader gone, as with head(1), there is nobody to tell. */
	if (errno == EPIPE)
		_exit(LIBSHARE_TROUBLE);
	err(LIBSHARE_TROUBLE, "cannot write %s", name);
}

/**
 * libshare_output_drop() - Forget the file; what was there before stays.
 * @o: The file.
 */
void libshare_output_drop(struct libshare_output *o)
{
	if (o->out == stdout)
		return;
	fclose(o->out);
	if (o->temporary)
		unlink(o->temporary);
	unfinished = NULL;
	free(o->temporary);
	o->temporary = NULL;
}
