// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loads a library, and prints how many nanoseconds that took:
 *
 *	load mapped|copied LIBRARY
 *
 * "mapped" maps the file, as always. "copied" is what a system does that shares nothing:
 * it reads the file into memory of the process's own, and loads that. Then it waits for
 * its standard input to end.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* A file of this process alone, with the content of another one. */
static char *copy_of(const char *name)
{
	int from = open(name, O_RDONLY), to = memfd_create("copied", 0);
	struct stat st;
	char *path;
	off_t left;
	ssize_t n;

	if (from < 0 || to < 0 || fstat(from, &st))
		err(1, "%s", name);
	for (left = st.st_size; left; left -= n) {
		n = sendfile(to, from, NULL, left);
		if (n <= 0)
			err(1, "%s", name);
	}
	close(from);
	if (asprintf(&path, "/proc/self/fd/%d", to) < 0)
		err(1, "asprintf");
	return path;
}

static long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

int main(int argc, char **argv)
{
	int (*one)(int x);
	long long start;
	const char *path;
	void *lib;

	if (argc != 3)
		errx(2, "usage: load mapped|copied LIBRARY");
	start = now();
	path = strcmp(argv[1], "copied") ? argv[2] : copy_of(argv[2]);
	/* LD_BIND_NOW turns this into RTLD_NOW. */
	lib = dlopen(path, RTLD_LAZY);
	if (!lib)
		errx(1, "%s", dlerror());
	one = (int (*)(int))dlsym(lib, "load_0");
	if (!one || one(1) != 1)
		errx(1, "%s does not work", argv[2]);
	printf("%lld\n", now() - start);
	fflush(stdout);
	while (getchar() != EOF)
		;
	return 0;
}
