// SPDX-License-Identifier: GPL-2.0-only
/*
 * What others feel of being watched. A victim maps, faults, unmaps and forks,
 * and takes the time of each call, while a watcher runs without pause; in place
 * of the first watcher a loop takes as much of the CPU and looks at nothing.
 *
 * There is one CPU, and the victim is a real-time process with short pauses: it
 * has the CPU whenever it wants it, and the watcher all of the rest, whichever it
 * is. So what differs from watcher to watcher is what the victim waits for.
 */
#include <err.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "shape.h"
#include "victim.h"

#define FILE_NAME "/tmp/victim.so"
#define FILE_PAGES (32L << 8)		/* 32 MiB of a library, all of it mapped */
#define HEAP_PAGES (32L << 8)
#define PIECE 16L			/* pages that it maps and unmaps */
#define FORK_EACH 64

enum op { MAP, FAULT, COPY, UNMAP, FORK, OPS };

static const char *const op_names[OPS] = { "map", "fault", "copy", "unmap", "fork" };

struct times {
	uint32_t *ns;
	size_t nr;
	size_t waited;		/* calls that gave up the CPU to wait */
	uint32_t longest;	/* of those */
};

struct clock {
	struct timespec begin;
	struct rusage usage;
};

static void begin(struct clock *clock)
{
	getrusage(RUSAGE_SELF, &clock->usage);
	clock_gettime(CLOCK_MONOTONIC, &clock->begin);
}

static void end(const struct clock *clock, struct times *times)
{
	struct timespec now;
	struct rusage usage;
	uint32_t ns;

	clock_gettime(CLOCK_MONOTONIC, &now);
	getrusage(RUSAGE_SELF, &usage);
	ns = (now.tv_sec - clock->begin.tv_sec) * 1000000000L + now.tv_nsec -
	     clock->begin.tv_nsec;
	times->ns[times->nr++] = ns;
	if (usage.ru_nvcsw == clock->usage.ru_nvcsw)
		return;
	times->waited++;
	if (ns > times->longest)
		times->longest = ns;
}

static char *map(int fd, long pages, int prot)
{
	char *p = mmap(NULL, pages * SHAPE_PAGE, prot,
		       MAP_PRIVATE | (fd < 0 ? MAP_ANONYMOUS : 0), fd, 0);

	if (p == MAP_FAILED)
		err(1, "victim: mmap");
	return p;
}

static void grow_up(int fd)
{
	volatile char *library = map(fd, FILE_PAGES, PROT_READ | PROT_EXEC);
	char *heap = map(-1, HEAP_PAGES, PROT_READ | PROT_WRITE);
	long i;

	madvise(heap, HEAP_PAGES * SHAPE_PAGE, MADV_NOHUGEPAGE);
	for (i = 0; i < HEAP_PAGES; i++)
		heap[i * SHAPE_PAGE] = 1;
	for (i = 0; i < FILE_PAGES; i++)
		(void)library[i * SHAPE_PAGE];
}

static void time_fork(struct times *times)
{
	struct clock clock;
	pid_t pid;

	begin(&clock);
	pid = fork();
	if (!pid)
		_exit(0);
	end(&clock, times);
	if (pid < 0)
		err(1, "victim: fork");
	waitpid(pid, NULL, 0);
}

/* One time round; @random decides how long it sleeps before. */
static void live(int fd, struct times times[OPS], uint32_t random)
{
	struct timespec pause = { 0, 20000 + random % 200000 };
	struct clock clock;
	char *p;

	nanosleep(&pause, NULL);
	begin(&clock);
	p = map(fd, PIECE, PROT_READ | PROT_WRITE);
	end(&clock, &times[MAP]);

	begin(&clock);
	(void)*(volatile char *)p;
	end(&clock, &times[FAULT]);

	begin(&clock);
	*(volatile char *)(p + SHAPE_PAGE) = 1;
	end(&clock, &times[COPY]);

	begin(&clock);
	munmap(p, PIECE * SHAPE_PAGE);
	end(&clock, &times[UNMAP]);
}

static int compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void report(const char *watcher, const char *op, struct times *times)
{
	size_t nr = times->nr;

	qsort(times->ns, nr, sizeof(*times->ns), compare);
	printf("{\"watcher\": \"%s\", \"op\": \"%s\", \"count\": %zu, ", watcher, op, nr);
	printf("\"p50\": %u, \"p99\": %u, \"p999\": %u, \"max\": %u, ", times->ns[nr / 2],
	       times->ns[nr * 99 / 100], times->ns[nr * 999 / 1000], times->ns[nr - 1]);
	printf("\"waited\": %zu, \"longest_wait\": %u}\n", times->waited, times->longest);
}

static void suffer(const char *watcher, int rounds)
{
	const struct sched_param urgent = { .sched_priority = 1 };
	struct times times[OPS] = { 0 };
	int fd = open(FILE_NAME, O_RDONLY | O_CLOEXEC), i;
	uint32_t random = 1;

	if (fd < 0 || sched_setscheduler(0, SCHED_FIFO, &urgent))
		err(1, "victim");
	grow_up(fd);
	for (i = 0; i < OPS; i++) {
		times[i].ns = calloc(rounds + 1, sizeof(uint32_t));
		if (!times[i].ns)
			err(1, "victim");
		memset(times[i].ns, 1, (rounds + 1) * sizeof(uint32_t));
	}
	for (i = 0; i < rounds; i++) {
		random = random * 1664525 + 1013904223;
		live(fd, times, random >> 8);
		if (i % FORK_EACH == 0)
			time_fork(&times[FORK]);
	}
	for (i = 0; i < OPS; i++)
		report(watcher, op_names[i], &times[i]);
	fflush(stdout);
	_exit(0);
}

static void make_file(void)
{
	char page[SHAPE_PAGE];
	int fd = open(FILE_NAME, O_WRONLY | O_CREAT | O_TRUNC, 0755);
	long i;

	memset(page, 'v', sizeof(page));
	for (i = 0; fd >= 0 && i < FILE_PAGES; i++)
		if (write(fd, page, sizeof(page)) != sizeof(page))
			err(1, "%s", FILE_NAME);
	if (fd < 0)
		err(1, "%s", FILE_NAME);
	close(fd);
}

static pid_t start(void (*watch)(const struct peer *peer), const struct peer *peer)
{
	pid_t pid = fork();

	if (pid < 0)
		err(1, "victim: fork");
	if (!pid)
		for (;;)
			watch(peer);
	return pid;
}

static void look(const struct peer *peer)
{
	struct libs libs;

	libs_init(&libs);
	peer->run(peer, &libs);
	libs_free(&libs);
}

static void spin(const struct peer *peer)
{
	(void)peer;
}

/* NULL: no watcher. */
void victim_watched(const struct peer *watcher, int rounds)
{
	pid_t pid, victim;
	int status;

	make_file();
	pid = start(watcher ? look : spin, watcher);
	fflush(stdout);
	victim = fork();
	if (!victim)
		suffer(watcher ? watcher->name : "unwatched", rounds);
	if (victim < 0 || waitpid(victim, &status, 0) != victim || status)
		errx(1, "the victim died");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}
