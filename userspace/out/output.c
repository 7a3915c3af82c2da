// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files that are written whole or not at all: under another name in the same
 * directory first. What is no ordinary file, such as a pipe, is written in place.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data/alloc.h"
#include "options.h"
#include "out/output.h"

static struct output *unfinished;

/* However the program ends, by exit() that is, nothing half-written stays. */
static void drop_unfinished(void)
{
	if (!unfinished)
		return;
	unlink(unfinished->temporary);
	if (unfinished->made)
		unlink(unfinished->target);
}

/* The end of a file, whether it was written or not. */
static void forget(struct output *o, bool failed)
{
	int error = errno;

	if (failed && o->temporary)
		unlink(o->temporary);
	if (failed && o->made)
		unlink(o->target);
	unfinished = NULL;
	free(o->temporary);
	free(o->target);
	o->temporary = NULL;
	o->target = NULL;
	errno = error;
}

/* Without a trace in errno. */
static void close_quietly(int fd)
{
	int error = errno;

	close(fd);
	errno = error;
}

static void on_signal(int number)
{
	drop_unfinished();
	raise(number);
}

/* Nor does it when a signal ends the program that had nothing to say to it. */
static void guard(struct output *o)
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

/*
 * Does another user own the old file, in a folder like /tmp? It may lie in wait for
 * what root writes. fs.protected_regular is the kernel's rule of this kind.
 */
static bool is_trap(const char *target, const struct stat *old)
{
	char *copy = xstrdup(target);
	struct stat dir;
	bool trap = !stat(dirname(copy), &dir) && dir.st_mode & S_ISVTX &&
		    dir.st_mode & 0022 && old->st_uid != geteuid() &&
		    old->st_uid != dir.st_uid;

	free(copy);
	return trap;
}

/* Give the new file the owner and mode of the old one, or fail. */
static bool inherit(int fd, const struct output *o, const struct stat *old)
{
	struct stat new;

	if (is_trap(o->target, old)) {
		errno = EACCES;
		return false;
	}
	if (fstat(fd, &new))
		return false;
	if ((old->st_uid != new.st_uid || old->st_gid != new.st_gid) &&
	    fchown(fd, old->st_uid, old->st_gid))
		return false;
	return !fchmod(fd, old->st_mode & 07777);
}

static int open_temporary(struct output *o, const struct stat *old, bool private)
{
	mode_t mask = umask(0);
	bool fine;
	int fd;

	umask(mask);
	o->temporary = xasprintf("%s.XXXXXX", o->target);
	fd = mkostemp(o->temporary, O_CLOEXEC);
	if (fd >= 0) {
		guard(o);
		fine = old ? inherit(fd, o, old) : !fchmod(fd, (private ? 0600 : 0666) & ~mask);
		if (fine)
			return fd;
		close_quietly(fd);
		return -1;
	}
	free(o->temporary);
	o->temporary = NULL;
	return -1;
}

/*
 * The file that a symbolic link leads to. The kernel follows the link, so that its
 * rules for links of other users hold; what it leads to is made where there is nothing.
 */
static char *follow(struct output *o, const char *name, bool private)
{
	char *link, *target;
	struct stat at, found;
	int fd = open(name, O_PATH | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT) {
		fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK, private ? 0600 : 0666);
		o->made = fd >= 0;
	}
	if (fd < 0)
		return NULL;
	if (fstat(fd, &found) || !S_ISREG(found.st_mode)) {
		close(fd);
		return xstrdup(name);
	}
	link = xasprintf("/proc/self/fd/%d", fd);
	target = realpath(link, NULL);
	if (target && (stat(target, &at) || at.st_dev != found.st_dev ||
		       at.st_ino != found.st_ino)) {
		free(target);
		target = NULL;
		errno = ESTALE;
	}
	free(link);
	close_quietly(fd);
	return target;
}

/**
 * output_try() - Begin to write a file.
 * @o: Set to it; only one is open at a time.
 * @name: The file; "-" or NULL is standard output. Through a symbolic link, it is the
 *        link's target that is written.
 * @private: It holds addresses: only the owner of a new file may read it. One that
 *           takes the place of an older file has its owner and mode.
 *
 * Return: Whether that worked; if not, errno says why.
 */
bool output_try(struct output *o, const char *name, bool private)
{
	struct stat st, link;
	bool is_link;
	int fd;

	*o = (struct output){ .out = stdout, .name = name };
	if (!name || !strcmp(name, "-"))
		return true;
	is_link = !lstat(name, &link) && S_ISLNK(link.st_mode);
	o->target = is_link ? follow(o, name, private) : xstrdup(name);
	if (!o->target)
		return false;
	if (stat(o->target, &st))
		fd = errno == ENOENT ? open_temporary(o, NULL, private) : -1;
	else if (S_ISREG(st.st_mode))
		fd = open_temporary(o, &st, private);
	else
		fd = open(o->target, O_WRONLY | O_CLOEXEC);
	if (fd >= 0)
		o->out = fdopen(fd, "w");
	if (fd >= 0 && o->out)
		return true;
	forget(o, true);
	return false;
}

/**
 * output_open() - Begin to write a file, or exit.
 * @o: Set to it; only one is open at a time.
 * @name: As output_try() has it.
 * @private: As output_try() has it.
 */
void output_open(struct output *o, const char *name, bool private)
{
	if (!output_try(o, name, private))
		err(TROUBLE, "cannot write %s", name);
}

/**
 * output_keep() - Put the file in its place. What was asked for first.
 * @o: The file, whose @out is closed then.
 *
 * Return: Whether all of it is there; if not, errno says why, and the file that
 *         was there before still is.
 */
bool output_keep(struct output *o)
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
	if (o->temporary && !error && rename(o->temporary, o->target))
		error = errno;
	forget(o, error);
	errno = error;
	return !error;
}

static const char *shown_name(const struct output *o)
{
	return o->out == stdout ? "standard output" : o->name;
}

/**
 * output_close() - Put the file in its place, or exit.
 * @o: The file.
 */
void output_close(struct output *o)
{
	const char *name = shown_name(o);

	if (output_keep(o))
		return;
	/* A reader that is gone, as head(1), is told nothing. */
	if (errno == EPIPE)
		_exit(TROUBLE);
	err(TROUBLE, "cannot write %s", name);
}

/**
 * output_drop() - Forget the file; what was there before stays.
 * @o: The file.
 */
void output_drop(struct output *o)
{
	if (o->out == stdout)
		return;
	fclose(o->out);
	forget(o, true);
}
