// SPDX-License-Identifier: GPL-2.0-only
/*
 * reader DIRECTORY GATE TURNSTILE SEED: reads files of DIRECTORY without pause, some
 * whole, some in bits, some not to the end, while it holds a shared lock on
 * the file GATE. Stops at SIGTERM; prints how many it read. A file that is not
 * there, or that finds no memory, is read another time.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static volatile sig_atomic_t stop;
static unsigned long opened, gone, no_memory, bytes;

static void on_term(int sig)
{
	(void)sig;
	stop = 1;
}

/* 0, or what is wrong. */
static int read_file(int dir, const char *name)
{
	static char buffer[1 << 16];
	size_t size = random() % 2 ? sizeof(buffer) : 1 + (size_t)random() % 5000;
	long most = random() % 4 ? -1 : random() % 100;
	int rewinds = 3;	/* more, and a large file might never end */
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	ssize_t n = 0;

	if (fd < 0)
		return errno;
	opened++;
	while (most-- && !stop && (n = read(fd, buffer, size)) > 0) {
		bytes += n;
		if (rewinds && random() % 200 == 0) {
			lseek(fd, 0, SEEK_SET);
			rewinds--;
		}
	}
	n = n < 0 ? errno : 0;
	close(fd);
	return n;
}

int main(int argc, char **argv)
{
	static const char *const names[] = {
		"summary", "libraries", "processes", "mappings", "pages", "histogram", "cgroups",
		"snapshot", "stats",
	};
	struct sigaction action = { .sa_handler = on_term };
	int gate, turnstile, dir, err;

	if (argc != 5) {
		fprintf(stderr, "usage: reader DIRECTORY GATE TURNSTILE SEED\n");
		return 2;
	}
	gate = open(argv[2], O_RDONLY | O_CLOEXEC);
	turnstile = open(argv[3], O_RDONLY | O_CLOEXEC);
	if (gate < 0 || turnstile < 0) {
		perror("reader: gate or turnstile");
		return 2;
	}
	srandom(atoi(argv[4]));
	sigaction(SIGTERM, &action, NULL);
	while (!stop) {
		/* A task that wants the gate alone waits in the turnstile, and all behind it. */
		if (flock(turnstile, LOCK_SH) || flock(gate, LOCK_SH))
			continue;
		flock(turnstile, LOCK_UN);
		dir = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		err = dir < 0 ? errno : read_file(dir, names[random() % 8]);
		if (dir >= 0)
			close(dir);
		flock(gate, LOCK_UN);
		switch (err) {
		case 0:
		case EINTR:
			break;
		case ENOENT:		/* unloaded, or just about to be */
		case ENODEV:
		case ENXIO:
		case EIO:
			gone++;
			usleep(1000);
			break;
		case ENOMEM:
			no_memory++;
			usleep(1000);
			break;
		default:
			fprintf(stderr, "reader: %s\n", strerror(err));
			return 1;
		}
	}
	printf("%lu opened, %lu bytes, %lu found none, %lu found no memory\n", opened, bytes, gone,
	       no_memory);
	return 0;
}
