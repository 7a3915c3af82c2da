// SPDX-License-Identifier: GPL-2.0-only
/*
 * actors - processes that read and write pages of a library as they are told
 *
 * Standard input holds a line for each deed:
 *
 *   ACTOR read PAGE	reads a byte of a page of pages_data
 *   ACTOR write PAGE	writes a byte there
 *   ACTOR fork NEW	forks; the child is actor NEW
 *   ACTOR exit		ends
 *
 * Each is answered by a line "ok PID", with the process that did it. Actor 0 is
 * there from the start, loads libpages.so, and says "ok PID" first of all. The
 * process that reads the lines is not an actor: it never loads the library.
 * Leave it as it is.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096
#define PAGES 32
#define ACTORS 16

struct deed {
	char verb;
	unsigned int object;
};

/* Every process has all the pipes, so that each can become any actor. */
static int orders[ACTORS][2], answers[2];

/*
 * Each actor has a byte of this file locked while it lives. The kernel lets go
 * of a process's memory before it unlocks what the process has locked.
 */
static int lives;

static int lock_life(unsigned int actor, short type)
{
	struct flock lock = { .l_type = type, .l_whence = SEEK_SET, .l_start = actor, .l_len = 1 };

	return fcntl(lives, F_SETLKW, &lock);
}

static void answer(void)
{
	pid_t pid = getpid();

	if (write(answers[1], &pid, sizeof(pid)) != sizeof(pid))
		_exit(1);
}

static void act(unsigned int actor, volatile unsigned char *data)
{
	struct deed deed;

	while (read(orders[actor][0], &deed, sizeof(deed)) == sizeof(deed)) {
		switch (deed.verb) {
		case 'r':
			(void)data[deed.object * PAGE];
			break;
		case 'w':
			data[deed.object * PAGE]++;
			break;
		case 'f':
			/* The child answers, so that it exists by then. */
			switch (fork()) {
			case 0:
				actor = deed.object;
				if (lock_life(actor, F_WRLCK))
					_exit(1);
				break;
			case -1:
				_exit(1);
			default:
				continue;
			}
			break;
		case 'e':
			answer();
			_exit(0);
		}
		answer();
	}
	_exit(0);
}

static void begin(const char *program)
{
	char path[PATH_MAX];
	const char *slash = strrchr(program, '/');
	void *library, *data;

	snprintf(path, sizeof(path), "%.*slibpages.so", slash ? (int)(slash + 1 - program) : 0,
		 program);
	library = dlopen(path, RTLD_NOW);
	data = library ? dlsym(library, "pages_data") : NULL;
	if (!data) {
		fprintf(stderr, "actors: %s\n", dlerror());
		_exit(1);
	}
	if (lock_life(0, F_WRLCK))
		_exit(1);
	answer();
	act(0, data);
}

/* Says which process did it; if that was to end, once it has ended. */
static int report(const unsigned int *ends)
{
	pid_t pid;

	/* Fails when the last actor has gone. */
	if (read(answers[0], &pid, sizeof(pid)) != sizeof(pid))
		return -1;
	if (ends && (lock_life(*ends, F_WRLCK) || lock_life(*ends, F_UNLCK)))
		return -1;
	printf("ok %d\n", pid);
	return fflush(stdout);
}

int main(int argc, char **argv)
{
	unsigned int actor, object, alive = 1;
	char line[80], verb[8];

	(void)argc;
	signal(SIGCHLD, SIG_IGN);
	lives = memfd_create("lives", 0);
	if (lives < 0 || pipe(answers))
		return 1;
	for (actor = 0; actor < ACTORS; actor++)
		if (pipe(orders[actor]))
			return 1;
	if (!fork()) {
		for (actor = 0; actor < ACTORS; actor++)
			close(orders[actor][1]);
		begin(argv[0]);
	}
	close(answers[1]);
	if (report(NULL))
		return 1;
	while (fgets(line, sizeof(line), stdin)) {
		struct deed deed = { 0 };

		object = 0;
		if (sscanf(line, "%u %7s %u", &actor, verb, &object) < 2 || actor >= ACTORS ||
		    object >= PAGES || !strchr("rwfe", verb[0]) || !(alive & 1 << actor) ||
		    (verb[0] == 'f' && (object >= ACTORS || alive & 1 << object))) {
			fprintf(stderr, "actors: cannot do this: %s", line);
			return 1;
		}
		if (verb[0] == 'f')
			alive |= 1 << object;
		if (verb[0] == 'e')
			alive &= ~(1 << actor);
		deed.verb = verb[0];
		deed.object = object;
		if (write(orders[actor][1], &deed, sizeof(deed)) != sizeof(deed) ||
		    report(verb[0] == 'e' ? &actor : NULL))
			return 1;
	}
	return 0;
}
