// SPDX-License-Identifier: GPL-2.0-only
/*
 * The first program of the guest that measures: starts one load after the
 * other, lets all peers look at it in turns, and reports each turn.
 *
 *	bench LOAD:ROUNDS[:PEER,PEER…]…
 *	bench victim:ROUNDS
 *
 * The second form is about what another process feels of it.
 *
 * The report is lines of JSON on the second serial port. In a machine that
 * others have started it goes to standard output, and the load is "demo": the
 * programs that run there.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "memory.h"
#include "peers.h"
#include "shape.h"
#include "victim.h"
#include "world.h"

#define DEBUGFS "/sys/kernel/debug/"
#define LIBSHARE_LEN (sizeof(DEBUGFS "libshare/") - 1)
#define EXACT (PEER_PROCS | PEER_COPIES | PEER_PAGES)

static const struct peer peers[] = {
	{ "libraries", file_available, file_run, DEBUGFS "libshare/libraries", 0 },
	{ "summary", file_available, file_run, DEBUGFS "libshare/summary", 0 },
	{ "floor", file_available, file_run, DEBUGFS "libshare-floor/walk", 0 },
	{ "census", NULL, census_run, NULL, EXACT },
	{ "ioctl", ioctl_available, ioctl_run, NULL, EXACT },
	{ "proc", NULL, proc_run, NULL, EXACT },
	{ "smaps", smaps_available, smaps_run, NULL, PEER_PROCS | PEER_COPIES },
	{ "read-smaps", smaps_available, raw_run, "smaps", 0 },
	{ "read-rollup", smaps_available, raw_run, "smaps_rollup", 0 },
	{ "read-maps", NULL, raw_run, "maps", 0 },
	/* The scan that comes next costs a million more, whatever it is. */
	{ "smem", smem_available, smem_run, NULL, 0 },
	{ "processes", file_available, file_run, DEBUGFS "libshare/processes", 0 },
	{ "mappings", file_available, file_run, DEBUGFS "libshare/mappings", 0 },
	{ "pages", file_available, file_run, DEBUGFS "libshare/pages", 0 },
	{ "snapshot", file_available, file_run, DEBUGFS "libshare/snapshot", 0 },
};

#define PEERS (sizeof(peers) / sizeof(peers[0]))

/* Beside a busy load, only the time that this process has had the CPU. */
static unsigned long long now_ns(const struct load *load)
{
	struct timespec t;

	clock_gettime(load->busy ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

static bool in_list(const char *list, const char *name)
{
	size_t len = strlen(name);

	for (; list; list = strchr(list, ',') ? strchr(list, ',') + 1 : NULL)
		if (!strncmp(list, name, len) && (list[len] == ',' || !list[len]))
			return true;
	return false;
}

/* A library both know must have the numbers that the peer can know. */
static int compare(const struct load *load, const struct peer *peer, struct libs *libs,
		   struct libs *table)
{
	int wrong = 0, seen = 0;
	size_t i;

	for (i = 0; i < libs->nr; i++) {
		const struct lib *a = &libs->lib[i];
		struct lib *b;

		if (!a->executable)
			continue;
		b = libs_get(table, a->dev, a->ino, 1);
		seen++;
		if ((!(peer->what & PEER_PROCS) || a->procs == b->procs) &&
		    (!(peer->what & PEER_COPIES) || a->copies == b->copies) &&
		    (!(peer->what & PEER_PAGES) || (a->mapped == b->mapped && a->rss == b->rss)))
			continue;
		printf("# %s %s: library %lx:%lu has %u %lu %lu %lu, not %u %lu %lu %lu\n",
		       load->name, peer->name, a->dev, a->ino, b->procs, b->mapped, b->rss,
		       b->copies, a->procs, a->mapped, a->rss, a->copies);
		wrong++;
	}
	printf("{\"agree\": %s, \"load\": \"%s\", \"peer\": \"%s\", \"libraries\": %d}\n",
	       wrong ? "false" : "true", load->name, peer->name, seen);
	return wrong;
}

/* One turn of a peer; before the first, a turn that only warms up. */
static int turn(const struct load *load, const struct peer *peer, int round)
{
	struct libs libs, table;
	unsigned long long begun;
	int wrong = 0;

	/* What the turn before left to be done later is not this one's. */
	usleep(100000);
	libs_init(&libs);
	begun = now_ns(load);
	peer->run(peer, &libs);
	begun = now_ns(load) - begun;
	if (round)
		printf("{\"load\": \"%s\", \"peer\": \"%s\", \"round\": %d, \"ns\": %llu}\n",
		       load->name, peer->name, round, begun);
	if (round == 1 && peer->file && !strncmp(peer->file, DEBUGFS "libshare/", LIBSHARE_LEN))
		memory_report(load, peer);
	if (!round && peer->what && !load->busy) {
		libs_init(&table);
		table_parse(&table);
		wrong = compare(load, peer, &libs, &table);
		libs_free(&table);
	}
	libs_free(&libs);
	return wrong;
}

static int measure(const struct load *load, int rounds, const char *wanted)
{
	int wrong = 0, round;
	pid_t pid = load_start(load);
	size_t i;

	for (round = 0; round <= rounds; round++)
		for (i = 0; i < PEERS; i++)
			if ((!wanted || in_list(wanted, peers[i].name)) &&
			    (!peers[i].available || peers[i].available(&peers[i])))
				wrong += turn(load, &peers[i], round);
	load_stop(pid);
	return wrong;
}

static void insert(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || syscall(SYS_finit_module, fd, "", 0))
		err(1, "%s", path);
	close(fd);
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		err(1, "%s", path);
	close(fd);
}

static void setup(void)
{
	const struct rlimit files = { 65536, 65536 };

	mkdir("/proc", 0555);
	mkdir("/sys", 0555);
	mkdir("/tmp", 01777);
	if (mount("proc", "/proc", "proc", 0, "") || mount("sysfs", "/sys", "sysfs", 0, "") ||
	    mount("debugfs", "/sys/kernel/debug", "debugfs", 0, "") ||
	    mount("tmpfs", "/tmp", "tmpfs", 0, "size=90%"))
		err(1, "mount");
	mount("devtmpfs", "/dev", "devtmpfs", 0, "");
	setrlimit(RLIMIT_NOFILE, &files);
	write_file("/proc/sys/vm/max_map_count", "2000000");
	insert("/bench/libshare.ko");
	insert("/bench/floor.ko");
}

/* isa-debug-exit ends QEMU, with a status that says whether all went well. */
static void power_off(int status)
{
	fflush(stdout);
	tcdrain(fileno(stdout));
	if (!ioperm(0xf4, 1, 1))
		outb(status, 0xf4);
	reboot(RB_POWER_OFF);
}

static void watch_victim(int rounds)
{
	static const char *const watchers[] = { "libraries", "read-smaps", "read-rollup" };
	pid_t pid = load_start(load_find("100"));
	size_t i, j;

	/* Twice, to see what the same comes to from one time to the next. */
	victim_watched(NULL, rounds);
	victim_watched(NULL, rounds);
	for (i = 0; i < sizeof(watchers) / sizeof(watchers[0]); i++)
		for (j = 0; j < PEERS; j++)
			if (!strcmp(peers[j].name, watchers[i]))
				victim_watched(&peers[j], rounds);
	load_stop(pid);
}

/* LOAD:ROUNDS[:PEERS] */
static int measure_one(char *spec)
{
	char *name = strsep(&spec, ":"), *rounds = strsep(&spec, ":");

	if (!rounds || atoi(rounds) < 1)
		errx(2, "%s: how many rounds? Say LOAD:ROUNDS", name);
	if (!strcmp(name, "victim")) {
		watch_victim(atoi(rounds));
		return 0;
	}
	return measure(load_find(name), atoi(rounds), spec);
}

int main(int argc, char **argv)
{
	bool alone = getpid() == 1;
	struct utsname name;
	int wrong = 0, i;

	if (alone) {
		setup();
		if (!freopen("/dev/ttyS1", "w", stdout))
			err(1, "/dev/ttyS1");
		/* By then the kernel has ended what its start put off. */
		sleep(20);
	}
	/* It is counted itself: all of it is there before anybody looks. */
	if (mlockall(MCL_CURRENT) || munlockall())
		err(1, "mlockall");
	uname(&name);
	printf("{\"kernel\": \"%s\", \"cpus\": %ld}\n", name.release,
	       sysconf(_SC_NPROCESSORS_ONLN));
	for (i = 1; i < argc; i++) {
		wrong += measure_one(argv[i]);
		fflush(stdout);
	}
	printf("{\"end\": true}\n");
	if (alone)
		power_off(wrong ? 2 : 1);
	return wrong ? 1 : 0;
}
