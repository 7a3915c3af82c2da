// SPDX-License-Identifier: GPL-2.0-only
/*
 * runner FILE VMAS THREADS: a process that never stops mapping. It keeps VMAS VMAs of
 * FILE, one page each, and moves on: each of its threads maps the next one at a higher
 * address and unmaps the last one, so that a walk always has more of them ahead, and
 * that a thread always waits for the mmap_lock.
 *
 * Prints "ready" once the first VMAs are there, and ends when it is killed.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static const unsigned long base = 0x100000000000;
static unsigned long page, vmas;
static atomic_ulong next;
static int file;

/* A hole behind each, so that neighbours do not merge. */
static void *address(unsigned long nr)
{
	return (void *)(base + nr * 2 * page);
}

static void map(unsigned long nr)
{
	if (mmap(address(nr), page, PROT_READ, MAP_PRIVATE | MAP_FIXED, file, 0) == MAP_FAILED) {
		perror("runner: mmap");
		exit(1);
	}
}

static void *run(void *unused)
{
	(void)unused;
	for (;;) {
		unsigned long nr = next++;

		map(nr);
		munmap(address(nr - vmas), page);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t thread;
	int threads;

	if (argc != 4) {
		fputs("usage: runner FILE VMAS THREADS\n", stderr);
		return 2;
	}
	page = sysconf(_SC_PAGESIZE);
	file = open(argv[1], O_RDONLY);
	vmas = strtoul(argv[2], NULL, 10);
	threads = atoi(argv[3]);
	/* One executable VMA makes the file a library. */
	if (file < 0 ||
	    mmap(NULL, page, PROT_READ | PROT_EXEC, MAP_PRIVATE, file, 0) == MAP_FAILED) {
		perror(argv[1]);
		return 1;
	}
	while (next < vmas)
		map(next++);
	puts("ready");
	fflush(stdout);
	while (threads--)
		if (pthread_create(&thread, NULL, run, NULL))
			return 1;
	pause();
	return 0;
}
