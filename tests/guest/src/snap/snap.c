// SPDX-License-Identifier: GPL-2.0-only
/*
 * snap - stop the world, copy what the kernel says of every process, go on
 *
 *   snap [-a] [-h] [-m FILE] [-t SECONDS] OUT
 *
 * Stops every process but PID 1 and itself, and writes below OUT:
 *   snapshot		FILE (-m, the module's), read in one go
 *   libraries, summary	the files of these names beside FILE, a scan each
 *   stats		of the scan for libraries
 *   PID/{maps,smaps,status,stat,cgroup,comm,smaps_rollup}
 *   PID/exe		device and inode number of the executable
 *   PID/pages		for each file mapping with entries: start, number of
 *			records, then the records (address, pagemap, kpageflags,
 *			kpagecount); all of them 64-bit words
 *   mm			lines "PID PID2": PID2 uses the address space of PID
 *   cache		lines "DEV INO SIZE CACHESTAT RUNS" for each file mapped
 *			executable: cachestat(2) or -, then runs of pages that
 *			mincore(2) finds, as first+count, or -
 *   meminfo, swaps, and with -h vmstat, taken right before and after the reads
 * -a takes FILE once more, after all that, as snapshot2. -h writes to
 * OUT/before and OUT/after, with three reads of FILE and one of each file
 * beside it in between. After SECONDS (100), all go on and it fails.
 * No code is shared with the module, and Python is stopped meanwhile.
 * All of this program is locked into memory first: its own mappings do not
 * change while it looks.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/kcmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "snap.h"

long page_size;

static void on_alarm(int sig)
{
	static const char text[] = "snap: out of time\n";

	(void)sig;
	thaw();
	if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
		_exit(4);
	_exit(3);
}

/* With the counters that each CPU keeps for itself folded into the total. */
static char *read_counters(size_t *len)
{
	free(slurp("/proc/sys/vm/stat_refresh", NULL));
	return slurp("/proc/vmstat", len);
}

static void dump_proc(const struct proc *proc, const char *out_dir, FILE *cache)
{
	static const char *const names[] = {
		"maps", "smaps", "status", "stat", "cgroup", "comm", "smaps_rollup",
	};
	char dir[256], path[512];
	char *maps, *line, *save = NULL;
	struct stat st;
	int pagemap;
	FILE *out;

	snprintf(dir, sizeof(dir), "%s/%d", out_dir, proc->pid);
	mkdir(dir, 0700);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		copy(proc->task, names[i], dir);

	snprintf(path, sizeof(path), "%s/exe", proc->task);
	if (!stat(path, &st)) {
		snprintf(path, sizeof(path), "%u:%u %" PRIu64 "\n", major(st.st_dev),
			 minor(st.st_dev), (uint64_t)st.st_ino);
		spill(dir, "exe", path, strlen(path));
	}
	snprintf(path, sizeof(path), "%s/pages", dir);
	out = fopen(path, "w");
	snprintf(path, sizeof(path), "%s/pagemap", proc->task);
	pagemap = open(path, O_RDONLY | O_CLOEXEC);
	snprintf(path, sizeof(path), "%s/maps", proc->task);
	maps = slurp(path, NULL);
	if (!out || pagemap < 0 || !maps)
		die(path);
	for (line = strtok_r(maps, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		uint64_t start, end, ino;
		char perms[8], dev[16], range[64];
		const char *name = strchr(line, '/');

		if (sscanf(line, "%63s", range) != 1 ||
		    sscanf(line, "%" SCNx64 "-%" SCNx64 " %7s %*x %15s %" SCNu64, &start, &end,
			   perms, dev, &ino) != 5 || ino == 0)
			continue;
		if (strstr(line, " /dev/zero (deleted)") || strstr(line, " /SYSV"))
			continue;
		dump_vma(pagemap, start, end, out);
		if (strchr(perms, 'x')) {
			/* map_files wants no leading zeros */
			snprintf(range, sizeof(range), "%" PRIx64 "-%" PRIx64, start, end);
			probe_cache(proc->task, range, name ? name : "", dev, ino, cache);
		}
	}
	free(maps);
	close(pagemap);
	if (fclose(out))
		die("pages");
}

static void find_shared_mm(const char *out_dir)
{
	char path[512];
	FILE *out;

	snprintf(path, sizeof(path), "%s/mm", out_dir);
	out = fopen(path, "w");
	if (!out)
		die(path);
	for (size_t i = 0; i < nr_procs; i++) {
		if (!procs[i].task[0] || procs[i].same_mm >= 0)
			continue;
		for (size_t j = i + 1; j < nr_procs; j++) {
			pid_t a = atoi(strrchr(procs[i].task, '/') + 1), b;

			if (!procs[j].task[0] || procs[j].same_mm >= 0)
				continue;
			b = atoi(strrchr(procs[j].task, '/') + 1);
			if (syscall(SYS_kcmp, a, b, KCMP_VM, 0, 0) == 0) {
				procs[j].same_mm = (int)i;
				fprintf(out, "%d %d\n", procs[i].pid, procs[j].pid);
			}
		}
	}
	fclose(out);
}

static void dump(const char *out_dir)
{
	char path[512];
	FILE *cache;

	mkdir(out_dir, 0700);
	forget_frames();
	forget_files();
	for (size_t i = 0; i < nr_procs; i++) {
		procs[i].same_mm = -1;
		if (!find_task(&procs[i]))
			procs[i].task[0] = '\0';
	}
	copy("/proc", "meminfo", out_dir);
	copy("/proc", "swaps", out_dir);
	snprintf(path, sizeof(path), "%s/cache", out_dir);
	cache = fopen(path, "w");
	if (!cache)
		die(path);
	for (size_t i = 0; i < nr_procs; i++)
		if (procs[i].task[0])
			dump_proc(&procs[i], out_dir, cache);
	fclose(cache);
	find_shared_mm(out_dir);
}

/* In a guest of the tests, or in a pid namespace of its own; never on a desktop. */
static int may_stop_everything(void)
{
	char ns[64] = "";

	if (!access("/libshare/tests", F_OK))
		return 1;
	return readlink("/proc/self/ns/pid", ns, sizeof(ns) - 1) > 0 &&
		strcmp(ns, "pid:[4026531836]");
}

/* What the module says in other files, each from a scan of its own. */
static struct beside {
	const char *name;
	char *text;
	size_t len;
} beside[] = {
	{ .name = "libraries" },
	{ .name = "stats" },
	{ .name = "summary" },
};

#define NR_BESIDE (sizeof(beside) / sizeof(beside[0]))

static void read_beside(const char *module)
{
	char path[512];

	for (size_t i = 0; i < NR_BESIDE; i++) {
		snprintf(path, sizeof(path), "%.*s/%s", (int)(strrchr(module, '/') - module),
			 module, beside[i].name);
		beside[i].text = slurp(path, &beside[i].len);
		if (!beside[i].text)
			die(path);
	}
}

int main(int argc, char **argv)
{
	const char *module = NULL;
	int again = 0, harm = 0, seconds = 100, opt;
	char path[512];
	char *first = NULL, *second = NULL;
	size_t first_len = 0, second_len = 0;

	while ((opt = getopt(argc, argv, "ahm:t:")) != -1) {
		if (opt == 'a')
			again = 1;
		else if (opt == 'h')
			harm = 1;
		else if (opt == 'm')
			module = optarg;
		else if (opt == 't')
			seconds = atoi(optarg);
		else
			return 2;
	}
	if (optind + 1 != argc) {
		fprintf(stderr, "usage: snap [-a] [-h] [-m FILE] [-t SECONDS] OUT\n");
		return 2;
	}
	if (!may_stop_everything()) {
		fprintf(stderr, "snap: this is no test machine: try unshare --fork --pid --mount-proc\n");
		return 1;
	}
	page_size = sysconf(_SC_PAGESIZE);
	if (mlockall(MCL_CURRENT))
		die("mlockall");
	open_frames();
	signal(SIGALRM, on_alarm);
	alarm(seconds);

	freeze();
	if (harm) {
		char *stat_before, *stat_after;
		size_t before_len, after_len;

		/* Compaction first puts what CPUs keep in their batches on the LRU lists. */
		spill("/proc/sys/vm", "compact_memory", "1", 1);
		snprintf(path, sizeof(path), "%s/before", argv[optind]);
		dump(path);
		stat_before = read_counters(&before_len);
		for (int i = 0; i < 3; i++) {
			free(first);
			first = slurp(module, &first_len);
			if (!first)
				die(module);
		}
		read_beside(module);
		stat_after = read_counters(&after_len);
		spill(path, "vmstat", stat_before, before_len);
		snprintf(path, sizeof(path), "%s/after", argv[optind]);
		dump(path);
		spill(path, "vmstat", stat_after, after_len);
	} else {
		if (module) {
			first = slurp(module, &first_len);
			if (!first)
				die(module);
			read_beside(module);
		}
		dump(argv[optind]);
		if (again) {
			second = slurp(module, &second_len);
			if (!second)
				die(module);
		}
	}
	thaw();
	if (first)
		spill(argv[optind], "snapshot", first, first_len);
	if (second)
		spill(argv[optind], "snapshot2", second, second_len);
	for (size_t i = 0; i < NR_BESIDE; i++)
		if (beside[i].text)
			spill(argv[optind], beside[i].name, beside[i].text, beside[i].len);
	return 0;
}
