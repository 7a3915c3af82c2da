// SPDX-License-Identifier: GPL-2.0-only
/*
 * caller DIRECTORY SECONDS SEED [THREADS]
 *
 * Makes random system calls on random files of DIRECTORY, from many threads
 * that share their file descriptors and forked children that are killed.
 * Prints the seed, then how often each call was made and succeeded. Ends 1
 * when a call succeeded that must not: write, mmap, ioctl ...
 *
 * The threads race, so a seed gives the same calls but not the same order.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#include "uring.h"

#define SLOTS 64
#define MAX_FILES 16
#define BUFFER 65536

struct caller {
	pthread_t thread;
	uint64_t state;		/* of the random numbers */
	struct uring uring;
	int pipe[2];
	int sockets[2];
	int epoll;
	char *buffer;		/* BUFFER bytes, then a page that faults */
};

static char *path[MAX_FILES];
static int nr_paths;
static _Atomic int slot[SLOTS];	/* descriptors, shared by all threads; -1: none */
static atomic_bool stop;
static atomic_int refused;	/* calls that should have been, and were not */

static uint64_t draw(struct caller *c, uint64_t below)
{
	c->state ^= c->state << 13;
	c->state ^= c->state >> 7;
	c->state ^= c->state << 17;
	return c->state % below;
}

static int some_fd(struct caller *c)
{
	return slot[draw(c, SLOTS)];
}

static void keep(struct caller *c, int fd)
{
	int old;

	if (fd < 0)
		return;
	old = atomic_exchange(&slot[draw(c, SLOTS)], fd);
	if (old >= 0)
		close(old);
}

/* Mostly a good place; now and then none at all, or one that faults half-way. */
static char *some_memory(struct caller *c)
{
	switch (draw(c, 16)) {
	case 0:
		return NULL;
	case 1:
		return (char *)(uintptr_t)0xffff888000000000;
	case 2:
		return c->buffer + BUFFER - draw(c, 100);
	default:
		return c->buffer;
	}
}

static size_t some_size(struct caller *c)
{
	static const size_t odd[] = { 0, 1, 2, 4095, 4096, 4097, BUFFER, SIZE_MAX, INT32_MAX };

	return draw(c, 2) ? draw(c, BUFFER) : odd[draw(c, sizeof(odd) / sizeof(odd[0]))];
}

static off_t some_offset(struct caller *c)
{
	static const off_t odd[] = { 0, 0, 0, 1, 4096, -1, -4096, INT32_MAX, INT64_MAX, INT64_MIN };

	return draw(c, 2) ? (off_t)draw(c, 1 << 20) : odd[draw(c, sizeof(odd) / sizeof(odd[0]))];
}

static long do_open(struct caller *c)
{
	static const int flags[] = {
		O_RDONLY, O_RDONLY, O_RDONLY, O_RDWR, O_WRONLY, O_RDONLY | O_NONBLOCK,
		O_RDONLY | O_DIRECT, O_PATH, O_RDWR | O_TRUNC, O_WRONLY | O_APPEND,
		O_RDONLY | O_DIRECTORY, O_RDWR | O_CREAT | O_EXCL, O_RDONLY | O_NOATIME,
		O_RDWR | O_SYNC, O_RDONLY | O_ASYNC,
	};
	int fd = open(path[draw(c, nr_paths)],
		      flags[draw(c, sizeof(flags) / sizeof(flags[0]))] | O_CLOEXEC, 0400);

	keep(c, fd);
	return fd;
}

static long do_close(struct caller *c)
{
	int fd = atomic_exchange(&slot[draw(c, SLOTS)], -1);

	return fd < 0 ? -1 : close(fd);
}

static long do_read(struct caller *c)
{
	return read(some_fd(c), some_memory(c), some_size(c));
}

static long do_pread(struct caller *c)
{
	return pread(some_fd(c), some_memory(c), some_size(c), some_offset(c));
}

static long do_readv(struct caller *c)
{
	struct iovec part[3];

	for (int i = 0; i < 3; i++)
		part[i] = (struct iovec) { some_memory(c), draw(c, 5000) };
	return preadv2(some_fd(c), part, 3, draw(c, 2) ? -1 : some_offset(c),
		       draw(c, 2) ? 0 : RWF_NOWAIT);
}

static long do_lseek(struct caller *c)
{
	return lseek(some_fd(c), some_offset(c), draw(c, 6));
}

static long do_dup(struct caller *c)
{
	int fd = fcntl(some_fd(c), F_DUPFD_CLOEXEC, 0);

	keep(c, fd);
	return fd;
}

static long do_write(struct caller *c)
{
	switch (draw(c, 5)) {
	case 0:
		return write(some_fd(c), c->buffer, draw(c, 100) + 1);
	case 1:
		return pwrite(some_fd(c), c->buffer, draw(c, 100) + 1, 0);
	case 2:
		return fallocate(some_fd(c), 0, 0, 4096);
	case 3:
		return sendfile(some_fd(c), some_fd(c), NULL, 4096) > 0 ? 0 : -1;
	default:
		return copy_file_range(some_fd(c), NULL, some_fd(c), NULL, 4096, 0) > 0 ? 0 : -1;
	}
}

static long do_mmap(struct caller *c)
{
	static const int prot[] = { PROT_NONE, PROT_READ, PROT_READ | PROT_EXEC };
	void *p = mmap(NULL, 4096, prot[draw(c, 3)], draw(c, 2) ? MAP_SHARED : MAP_PRIVATE,
		       some_fd(c), 0);

	return p == MAP_FAILED ? -1 : 0;
}

static long do_ioctl(struct caller *c)
{
	/* None of those that the VFS itself answers for any file. */
	return ioctl(some_fd(c), _IOWR('l', draw(c, 256), long), c->buffer);
}

static long do_fcntl(struct caller *c)
{
	static const int command[] = { F_GETFL, F_SETFL, F_GETLK, F_SETLK, F_SETOWN, F_GETOWN,
				       F_SETSIG, F_SETLEASE, F_NOTIFY, F_GETPIPE_SZ, F_ADD_SEALS };
	int choice = command[draw(c, sizeof(command) / sizeof(command[0]))];

	return choice == F_SETFL ? fcntl(some_fd(c), choice, draw(c, 2) ? O_NONBLOCK : O_APPEND) :
	       choice == F_SETOWN || choice == F_SETSIG ? fcntl(some_fd(c), choice, 0) :
	       fcntl(some_fd(c), choice, c->buffer);
}

static long do_poll(struct caller *c)
{
	struct pollfd polled = { .fd = some_fd(c), .events = draw(c, 2) ? POLLIN : ~0 };

	return poll(&polled, 1, draw(c, 3));
}

static long do_epoll(struct caller *c)
{
	struct epoll_event event = { .events = EPOLLIN };

	return epoll_ctl(c->epoll, draw(c, 2) ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, some_fd(c), &event);
}

static void drain(struct caller *c)
{
	while (read(c->pipe[0], c->buffer, BUFFER) > 0)
		;
}

static long do_splice(struct caller *c)
{
	off_t offset = some_offset(c);
	long got = splice(some_fd(c), draw(c, 2) ? NULL : &offset, c->pipe[1], NULL,
			  draw(c, BUFFER), SPLICE_F_NONBLOCK | (draw(c, 2) ? SPLICE_F_MOVE : 0));

	drain(c);
	return got;
}

static long do_sendfile(struct caller *c)
{
	long got = sendfile(c->pipe[1], some_fd(c), NULL, draw(c, BUFFER));

	drain(c);
	return got;
}

static long do_uring(struct caller *c)
{
	static const int operation[] = { URING_READ, URING_READV, URING_POLL, URING_OPEN };
	struct iovec part = { c->buffer, draw(c, BUFFER) };
	int choice = operation[draw(c, 4)];
	long got;

	switch (choice) {
	case URING_OPEN:
		got = uring_call(&c->uring, choice, AT_FDCWD, path[draw(c, nr_paths)], 0, 0,
				 draw(c, 2));
		keep(c, got < 0 ? -1 : got);
		return got;
	case URING_READV:
		return uring_call(&c->uring, choice, some_fd(c), &part, 1, some_offset(c),
				  draw(c, 2));
	case URING_POLL:
		return uring_call(&c->uring, choice, some_fd(c), NULL, 0, POLLIN, 0);
	default:
		return uring_call(&c->uring, choice, some_fd(c), some_memory(c), draw(c, BUFFER),
				  some_offset(c), draw(c, 2));
	}
}

static long do_pass(struct caller *c)
{
	char control[CMSG_SPACE(sizeof(int))] = "";
	struct iovec part = { c->buffer, 1 };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control,
				  .msg_controllen = sizeof(control) };
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	int fd = some_fd(c);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	if (sendmsg(c->sockets[0], &message, MSG_DONTWAIT) < 0)
		return -1;
	message.msg_controllen = sizeof(control);
	if (recvmsg(c->sockets[1], &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) < 0)
		return -1;
	header = CMSG_FIRSTHDR(&message);
	if (!header || header->cmsg_type != SCM_RIGHTS)
		return -1;
	memcpy(&fd, CMSG_DATA(header), sizeof(fd));
	keep(c, fd);
	return fd;
}

static long do_stat(struct caller *c)
{
	struct stat about;

	switch (draw(c, 7)) {
	case 0:
		return flock(some_fd(c), LOCK_SH | LOCK_NB);
	case 1:
		return fsync(some_fd(c));
	case 2:
		return posix_fadvise(some_fd(c), 0, 0, draw(c, 6)) ? -1 : 0;
	case 3:
		return readahead(some_fd(c), 0, 4096);
	case 4:
		return fgetxattr(some_fd(c), "user.x", c->buffer, 100);
	case 5:
		/* debugfs itself allows it: only what stat says changes. */
		return ftruncate(some_fd(c), draw(c, 100));
	default:
		return fstat(some_fd(c), &about);
	}
}

/* A child that opens and reads until it is killed. */
static long do_kill(struct caller *c)
{
	struct timespec pause = { .tv_nsec = draw(c, 50) * 1000000 };
	pid_t pid;

	if (draw(c, 8))		/* forks are dear */
		return -1;
	pid = fork();
	if (!pid) {
		for (;;) {
			int fd = open(path[draw(c, nr_paths)], O_RDONLY);

			while (fd >= 0 && read(fd, c->buffer, draw(c, BUFFER) + 1) > 0)
				;
			if (fd >= 0)
				close(fd);
			(void)!read(some_fd(c), c->buffer, 100);
		}
	}
	if (pid < 0)
		return -1;
	nanosleep(&pause, NULL);
	kill(pid, SIGKILL);
	return waitpid(pid, NULL, 0);
}

static struct {
	const char *name;
	long (*call)(struct caller *c);
	unsigned int weight;
	int forbidden;		/* must not succeed */
	atomic_ulong made, succeeded;
} calls[] = {
	{ .name = "open", .call = do_open, .weight = 4 },
	{ .name = "close", .call = do_close, .weight = 3 },
	{ .name = "read", .call = do_read, .weight = 20 },
	{ .name = "pread", .call = do_pread, .weight = 10 },
	{ .name = "readv", .call = do_readv, .weight = 5 },
	{ .name = "lseek", .call = do_lseek, .weight = 10 },
	{ .name = "dup", .call = do_dup, .weight = 3 },
	{ .name = "write", .call = do_write, .weight = 5, .forbidden = 1 },
	{ .name = "mmap", .call = do_mmap, .weight = 5, .forbidden = 1 },
	{ .name = "ioctl", .call = do_ioctl, .weight = 3, .forbidden = 1 },
	{ .name = "fcntl", .call = do_fcntl, .weight = 3 },
	{ .name = "poll", .call = do_poll, .weight = 3 },
	{ .name = "epoll", .call = do_epoll, .weight = 2 },
	{ .name = "splice", .call = do_splice, .weight = 5 },
	{ .name = "sendfile", .call = do_sendfile, .weight = 5 },
	{ .name = "io_uring", .call = do_uring, .weight = 5 },
	{ .name = "pass", .call = do_pass, .weight = 2 },
	{ .name = "stat", .call = do_stat, .weight = 3 },
	{ .name = "kill", .call = do_kill, .weight = 1 },
};

#define NR_CALLS (sizeof(calls) / sizeof(calls[0]))

static void make_call(struct caller *c)
{
	static unsigned int total;
	unsigned int at, i;
	long got;

	if (!total)
		for (i = 0; i < NR_CALLS; i++)
			total += calls[i].weight;
	at = draw(c, total);
	for (i = 0; at >= calls[i].weight; i++)
		at -= calls[i].weight;
	got = calls[i].call(c);
	calls[i].made++;
	if (got < 0)
		return;
	calls[i].succeeded++;
	if (calls[i].forbidden) {
		fprintf(stderr, "caller: %s succeeded with %ld\n", calls[i].name, got);
		refused++;
	}
}

static void die(const char *doing)
{
	perror(doing);
	exit(2);
}

static void set_up(struct caller *c, uint64_t seed)
{
	c->state = seed * 0x9e3779b97f4a7c15 + 1;
	for (int i = 0; i < 20; i++)
		draw(c, 2);
	c->buffer = mmap(NULL, BUFFER + 4096, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (c->buffer == MAP_FAILED || mprotect(c->buffer + BUFFER, 4096, PROT_NONE))
		die("mmap");
	c->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (c->epoll < 0 || pipe2(c->pipe, O_CLOEXEC | O_NONBLOCK) ||
	    socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, c->sockets))
		die("pipe");
	uring_open(&c->uring);
}

static void *run(void *arg)
{
	struct caller *c = arg;

	while (!stop)
		make_call(c);
	return NULL;
}

static void list_files(const char *directory)
{
	DIR *dir = opendir(directory);
	struct dirent *entry;

	if (!dir)
		die(directory);
	while ((entry = readdir(dir)) && nr_paths < MAX_FILES)
		if (entry->d_name[0] != '.' &&
		    asprintf(&path[nr_paths], "%s/%s", directory, entry->d_name) > 0)
			nr_paths++;
	closedir(dir);
}

int main(int argc, char **argv)
{
	unsigned int threads = argc > 4 ? atoi(argv[4]) : 16;
	struct caller *callers;
	uint64_t seed;

	if (argc < 4) {
		fprintf(stderr, "usage: caller DIRECTORY SECONDS SEED [THREADS]\n");
		return 2;
	}
	callers = calloc(threads, sizeof(*callers));
	if (!callers)
		die("calloc");
	seed = strtoull(argv[3], NULL, 0);
	printf("seed %llu\n", (unsigned long long)seed);
	fflush(stdout);
	list_files(argv[1]);
	for (unsigned int i = 0; i < SLOTS; i++)
		slot[i] = -1;
	signal(SIGIO, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	for (unsigned int i = 0; i < threads; i++) {
		set_up(&callers[i], seed + i);
		if (pthread_create(&callers[i].thread, NULL, run, &callers[i]))
			die("pthread_create");
	}
	sleep(atoi(argv[2]));
	stop = 1;
	for (unsigned int i = 0; i < threads; i++)
		pthread_join(callers[i].thread, NULL);
	for (unsigned int i = 0; i < NR_CALLS; i++)
		printf("%s %lu %lu\n", calls[i].name, calls[i].made, calls[i].succeeded);
	printf("uring %s\n", callers[0].uring.fd < 0 ? "none" : "yes");
	return refused ? 1 : 0;
}
