// SPDX-License-Identifier: GPL-2.0-only
/*
 * snap - stop the world, copy what the kernel says of every process, go on
 *
 *   snap [-a] [-h] [-m FILE] OUT
 *
 * Stops every process but PID 1 and itself, and writes below OUT:
 *   snapshot		FILE (-m, the module's), read in one go
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
 * OUT/before and OUT/after, with three reads of FILE in between.
 * No code is shared with the module, and Python is stopped meanwhile.
 * All of this program is locked into memory first: its own mappings do not
 * change while it looks.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/kcmp.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#define PM_PRESENT (1ULL << 63)
#define PM_SWAP (1ULL << 62)
#define PM_PFN ((1ULL << 55) - 1)
#define PF_KTHREAD 0x00200000
#define SYS_CACHESTAT 451
#define BLOCK 512

struct proc {
	pid_t pid;
	char task[64];		/* /proc/PID, or /proc/PID/task/TID that has the mm */
	int stopped_by_us;
	int same_mm;
};

struct file {
	char dev[16];
	uint64_t ino;
};

static struct proc *procs;
static size_t nr_procs;
static struct file *files;
static size_t nr_files;
static long page_size;
static int pagecount_fd, pageflags_fd;

static void thaw(void)
{
	for (size_t i = 0; i < nr_procs; i++)
		if (procs[i].stopped_by_us)
			kill(procs[i].pid, SIGCONT);
}

static void die(const char *what)
{
	fprintf(stderr, "snap: %s: %s\n", what, strerror(errno));
	thaw();
	exit(1);
}

static void on_alarm(int sig)
{
	(void)sig;
	thaw();
	_exit(3);
}

static void *grow(void *array, size_t n, size_t size)
{
	if (n & (n - 1))
		return array;
	array = realloc(array, (n ? 2 * n : 1) * size);
	if (!array)
		die("memory");
	return array;
}

/* The whole of a /proc file, with a terminating 0; NULL when it can't be read. */
static char *slurp(const char *path, size_t *len)
{
	size_t have = 0, room = 1 << 16;
	char *buf = malloc(room + 1);
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		free(buf);
		return NULL;
	}
	for (;;) {
		ssize_t got = read(fd, buf + have, room - have);

		if (got < 0) {
			close(fd);
			free(buf);
			return NULL;
		}
		if (got == 0)
			break;
		have += (size_t)got;
		if (have == room) {
			room *= 2;
			buf = realloc(buf, room + 1);
			if (!buf)
				die("memory");
		}
	}
	close(fd);
	buf[have] = '\0';
	if (len)
		*len = have;
	return buf;
}

static void spill(const char *dir, const char *name, const char *buf, size_t len)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	if (!f || fwrite(buf, 1, len, f) != len || fclose(f))
		die(path);
}

static int copy(const char *from_dir, const char *name, const char *to_dir)
{
	char path[512];
	size_t len;
	char *buf;

	snprintf(path, sizeof(path), "%s/%s", from_dir, name);
	buf = slurp(path, &len);
	if (!buf)
		return -1;
	spill(to_dir, name, buf, len);
	free(buf);
	return 0;
}

static char task_state(pid_t pid, unsigned long *flags)
{
	char path[64], state = 0;
	char *stat, *end;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	stat = slurp(path, NULL);
	end = stat ? strrchr(stat, ')') : NULL;
	if (end)
		sscanf(end + 2, "%c %*d %*d %*d %*d %*d %lu", &state, flags);
	free(stat);
	return state;
}

/* Where the address space of a process can be seen: not in a zombie leader. */
static int find_task(struct proc *proc)
{
	char path[96];
	struct dirent *entry;
	char *maps;
	DIR *dir;

	snprintf(proc->task, sizeof(proc->task), "/proc/%d", proc->pid);
	snprintf(path, sizeof(path), "%s/maps", proc->task);
	maps = slurp(path, NULL);
	if (maps && *maps) {
		free(maps);
		return 1;
	}
	free(maps);
	snprintf(path, sizeof(path), "/proc/%d/task", proc->pid);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		int tid = atoi(entry->d_name);

		if (tid <= 0)
			continue;
		snprintf(proc->task, sizeof(proc->task), "/proc/%d/task/%d", proc->pid, tid);
		snprintf(path, sizeof(path), "%s/maps", proc->task);
		maps = slurp(path, NULL);
		if (maps && *maps) {
			free(maps);
			closedir(dir);
			return 1;
		}
		free(maps);
	}
	if (dir)
		closedir(dir);
	return 0;
}

static void list_procs(void)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;

	nr_procs = 0;
	while ((entry = readdir(dir))) {
		unsigned long flags = 0;
		pid_t pid = atoi(entry->d_name);

		if (pid <= 0 || !task_state(pid, &flags) || (flags & PF_KTHREAD))
			continue;
		procs = grow(procs, nr_procs, sizeof(*procs));
		procs[nr_procs++] = (struct proc){ .pid = pid };
	}
	closedir(dir);
}

static void doze(long ms)
{
	struct timespec t = { .tv_nsec = ms * 1000000 };

	nanosleep(&t, NULL);
}

/* A vfork()ing parent sleeps in state D and stays there: as good as stopped. */
static void freeze(void)
{
	unsigned long flags;

	for (size_t i = 0; i < nr_procs; i++) {
		char state = task_state(procs[i].pid, &flags);

		if (procs[i].pid == 1 || procs[i].pid == getpid() || strchr("TtX", state))
			continue;
		procs[i].stopped_by_us = kill(procs[i].pid, SIGSTOP) == 0;
	}
	for (int round = 0; round < 500; round++) {
		int awake = 0;

		for (size_t i = 0; i < nr_procs; i++)
			if (procs[i].stopped_by_us &&
			    !strchr(round < 20 ? "TtZX" : "TtZXD", task_state(procs[i].pid, &flags)))
				awake++;
		doze(5);
		if (!awake)
			return;
	}
	fprintf(stderr, "snap: processes do not stop\n");
	thaw();
	exit(1);
}

static uint64_t frame_word(int fd, uint64_t pfn, uint64_t ***blocks, size_t *nr)
{
	size_t block = pfn / BLOCK;

	if (block >= *nr) {
		*blocks = realloc(*blocks, (block + 1) * sizeof(**blocks));
		if (!*blocks)
			die("memory");
		memset(*blocks + *nr, 0, (block + 1 - *nr) * sizeof(**blocks));
		*nr = block + 1;
	}
	if (!(*blocks)[block]) {
		uint64_t *words = calloc(BLOCK, sizeof(*words));

		if (!words || pread(fd, words, BLOCK * sizeof(*words),
				    (off_t)(block * BLOCK * sizeof(*words))) < 0)
			die("kpagecount");
		(*blocks)[block] = words;
	}
	return (*blocks)[block][pfn % BLOCK];
}

static uint64_t **flag_blocks, **count_blocks;
static size_t nr_flag_blocks, nr_count_blocks;

static void forget_frames(void)
{
	for (size_t i = 0; i < nr_flag_blocks; i++)
		free(flag_blocks[i]);
	for (size_t i = 0; i < nr_count_blocks; i++)
		free(count_blocks[i]);
	nr_flag_blocks = 0;
	nr_count_blocks = 0;
}

static void dump_vma(int pagemap, uint64_t start, uint64_t end, FILE *out)
{
	uint64_t words[BLOCK], head[2] = { start, 0 };
	uint64_t *records = NULL;

	for (uint64_t addr = start; addr < end; addr += BLOCK * page_size) {
		uint64_t n = (end - addr) / page_size;
		ssize_t got;

		if (n > BLOCK)
			n = BLOCK;
		got = pread(pagemap, words, n * 8, (off_t)(addr / page_size * 8));
		for (ssize_t i = 0; i < got / 8; i++) {
			uint64_t pm = words[i], *r;

			if (!(pm & (PM_PRESENT | PM_SWAP)))
				continue;
			records = grow(records, head[1], 4 * sizeof(*records));
			r = records + 4 * head[1]++;
			r[0] = addr + (uint64_t)i * page_size;
			r[1] = pm;
			r[2] = 0;
			r[3] = 0;
			if (pm & PM_PRESENT) {
				r[2] = frame_word(pageflags_fd, pm & PM_PFN,
						  &flag_blocks, &nr_flag_blocks);
				r[3] = frame_word(pagecount_fd, pm & PM_PFN,
						  &count_blocks, &nr_count_blocks);
			}
		}
	}
	if (head[1] && (fwrite(head, sizeof(head), 1, out) != 1 ||
			fwrite(records, 32, head[1], out) != head[1]))
		die("pages");
	free(records);
}

/* With the counters that each CPU keeps for itself folded into the total. */
static char *vmstat(size_t *len)
{
	free(slurp("/proc/sys/vm/stat_refresh", NULL));
	return slurp("/proc/vmstat", len);
}

struct cachestat_range {
	uint64_t off, len;
};

struct cachestat {
	uint64_t nr_cache, nr_dirty, nr_writeback, nr_evicted, nr_recently_evicted;
};

/* name: its path in maps, for a dead leader, which has no map_files any more. */
static void probe_cache(const char *task, const char *range, const char *name, const char *dev,
			uint64_t ino, FILE *out)
{
	struct cachestat_range whole = { 0, 0 };
	struct cachestat stat;
	struct statfs fs;
	struct stat st;
	char path[256];
	int fd, any = 0;

	for (size_t i = 0; i < nr_files; i++)
		if (files[i].ino == ino && !strcmp(files[i].dev, dev))
			return;
	snprintf(path, sizeof(path), "%s/map_files/%s", task, range);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) {
		fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
		if (fd >= 0 && (fstat(fd, &st) || st.st_ino != ino)) {
			close(fd);
			return;
		}
	}
	if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		if (fd >= 0)
			close(fd);
		return;
	}
	files = grow(files, nr_files, sizeof(*files));
	snprintf(files[nr_files].dev, sizeof(files[nr_files].dev), "%s", dev);
	files[nr_files++].ino = ino;

	fprintf(out, "%s %" PRIu64 " %" PRIu64 " ", dev, ino, (uint64_t)st.st_size);
	/* cachestat() of an overlay looks at the overlay's own, empty cache. */
	if (!fstatfs(fd, &fs) && fs.f_type != OVERLAYFS_SUPER_MAGIC &&
	    syscall(SYS_CACHESTAT, fd, &whole, &stat, 0) == 0)
		fprintf(out, "%" PRIu64 " ", stat.nr_cache);
	else
		fprintf(out, "- ");
	if (st.st_size > 0) {
		size_t n = ((size_t)st.st_size + page_size - 1) / page_size, first = 0, len = 0;
		unsigned char *in = malloc(n + 1);
		void *map = mmap(NULL, n * page_size, PROT_READ, MAP_SHARED, fd, 0);

		if (!in || map == MAP_FAILED || mincore(map, n * page_size, in))
			die("mincore");
		munmap(map, n * page_size);
		in[n] = 0;
		for (size_t i = 0; i <= n; i++) {
			if (in[i] & 1) {
				first = len ? first : i;
				len++;
			} else if (len) {
				fprintf(out, "%s%zu+%zu", any++ ? "," : "", first, len);
				len = 0;
			}
		}
		free(in);
	}
	fprintf(out, "%s\n", any ? "" : "-");
	close(fd);
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
	nr_files = 0;
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

/* In a guest of the tests, or in a pid namespace of its own; never on somebody's desktop. */
static int may_stop_everything(void)
{
	char ns[64] = "";

	if (!access("/libshare/tests", F_OK))
		return 1;
	return readlink("/proc/self/ns/pid", ns, sizeof(ns) - 1) > 0 &&
		strcmp(ns, "pid:[4026531836]");
}

int main(int argc, char **argv)
{
	const char *module = NULL;
	int again = 0, harm = 0, opt;
	char path[512];
	char *first = NULL, *second = NULL;
	size_t first_len = 0, second_len = 0;

	while ((opt = getopt(argc, argv, "ahm:")) != -1) {
		if (opt == 'a')
			again = 1;
		else if (opt == 'h')
			harm = 1;
		else if (opt == 'm')
			module = optarg;
		else
			return 2;
	}
	if (optind + 1 != argc) {
		fprintf(stderr, "usage: snap [-a] [-h] [-m FILE] OUT\n");
		return 2;
	}
	if (!may_stop_everything()) {
		fprintf(stderr, "snap: this is no test machine: try unshare --fork --pid --mount-proc\n");
		return 1;
	}
	page_size = sysconf(_SC_PAGESIZE);
	if (mlockall(MCL_CURRENT))
		die("mlockall");
	pagecount_fd = open("/proc/kpagecount", O_RDONLY | O_CLOEXEC);
	pageflags_fd = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
	if (pagecount_fd < 0 || pageflags_fd < 0)
		die("/proc/kpagecount");
	signal(SIGALRM, on_alarm);
	alarm(100);

	list_procs();
	freeze();
	if (harm) {
		char *stat_before, *stat_after;
		size_t before_len, after_len;

		snprintf(path, sizeof(path), "%s/before", argv[optind]);
		dump(path);
		stat_before = vmstat(&before_len);
		for (int i = 0; i < 3; i++) {
			free(first);
			first = slurp(module, &first_len);
			if (!first)
				die(module);
		}
		stat_after = vmstat(&after_len);
		spill(path, "vmstat", stat_before, before_len);
		snprintf(path, sizeof(path), "%s/after", argv[optind]);
		dump(path);
		spill(path, "vmstat", stat_after, after_len);
	} else {
		if (module) {
			first = slurp(module, &first_len);
			if (!first)
				die(module);
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
	return 0;
}
