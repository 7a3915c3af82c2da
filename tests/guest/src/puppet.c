// SPDX-License-Identifier: GPL-2.0-only
/*
 * puppet - a process that does to its memory what it is told, and nothing else
 *
 * Reads commands, a line each, from the socket whose number is argv[1] and
 * answers each with "ok VALUE" or "err ERRNO":
 *
 *   call NAME ARG...	a system call; an argument is a number, or =TEXT for a
 *			string (octal escapes), the result is the value
 *   clone FLAGS	a new task, a puppet too; its socket comes back with the
 *			answer as SCM_RIGHTS, and its own first line is "ok PID"
 *   touch ADDR N	read a byte of each of N pages
 *   write ADDR N VALUE	write VALUE to the first byte of each of N pages
 *   fill ADDR N VALUE	fill N whole pages with bytes VALUE
 *   set ADDR HEX	write bytes
 *   peek ADDR N	the N bytes at ADDR, in hex
 *   scratch		address of 64 KiB of anonymous memory of its own
 *   exec PATH		become another program, which takes over the socket
 *   churn ADDR N FD	with N pages of file FD at ADDR: fork, write,
 *			exec, exit, unmap and map in a loop until killed
 *
 * A memory fault in touch, write, fill, set or peek answers "err 14".
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define LINE_MAX_LEN 8192
#define PEEK_MAX 1024
#define STACK_SIZE (128 << 10)
#define SCRATCH_SIZE (64 << 10)

static const struct {
	const char *name;
	long nr;
} calls[] = {
	{ "openat", SYS_openat }, { "close", SYS_close }, { "mmap", SYS_mmap },
	{ "munmap", SYS_munmap }, { "mprotect", SYS_mprotect },
	{ "mremap", SYS_mremap }, { "madvise", SYS_madvise },
	{ "mlock", SYS_mlock }, { "munlock", SYS_munlock },
	{ "ftruncate", SYS_ftruncate }, { "memfd_create", SYS_memfd_create },
	{ "prctl", SYS_prctl }, { "ioctl", SYS_ioctl },
	{ "userfaultfd", SYS_userfaultfd }, { "unshare", SYS_unshare },
	{ "setns", SYS_setns }, { "mount", SYS_mount }, { "chroot", SYS_chroot },
	{ "chdir", SYS_chdir }, { "setresuid", SYS_setresuid },
	{ "setresgid", SYS_setresgid }, { "getpid", SYS_getpid },
	{ "gettid", SYS_gettid }, { "kill", SYS_kill }, { "wait4", SYS_wait4 },
	{ "ptrace", SYS_ptrace }, { "personality", SYS_personality },
	{ "exit", SYS_exit }, { "exit_group", SYS_exit_group },
	{ "migrate_pages", SYS_migrate_pages }, { "mbind", SYS_mbind },
	{ "move_pages", SYS_move_pages }, { "remap_file_pages", SYS_remap_file_pages },
	{ "memfd_secret", 447 },
};

static size_t page_size;
static char *scratch;
static sigjmp_buf fault;
static volatile sig_atomic_t fault_expected;

static void on_fault(int sig)
{
	if (!fault_expected) {
		signal(sig, SIG_DFL);
		raise(sig);
	}
	siglongjmp(fault, 1);
}

static void serve(int fd);

static void answer(int fd, const char *text, int pass_fd)
{
	struct iovec iov = { .iov_base = (void *)text, .iov_len = strlen(text) };
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (pass_fd >= 0) {
		struct cmsghdr *c;

		msg.msg_control = control.buf;
		msg.msg_controllen = sizeof(control.buf);
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &pass_fd, sizeof(int));
	}
	if (sendmsg(fd, &msg, MSG_NOSIGNAL) < 0)
		syscall(SYS_exit, 1);
}

static void answer_value(int fd, long value)
{
	char text[64];

	snprintf(text, sizeof(text), "ok %ld\n", value);
	answer(fd, text, -1);
}

static void answer_error(int fd, int error)
{
	char text[64];

	snprintf(text, sizeof(text), "err %d\n", error);
	answer(fd, text, -1);
}

static char *unescape(char *text)
{
	char *in = text, *out = text;

	while (*in) {
		if (in[0] == '\\' && in[1] && in[2] && in[3]) {
			*out++ = (in[1] - '0') << 6 | (in[2] - '0') << 3 | (in[3] - '0');
			in += 4;
		} else {
			*out++ = *in++;
		}
	}
	*out = '\0';
	return text;
}

static long argument(char *text)
{
	if (!text)
		return 0;
	if (*text == '=')
		return (long)unescape(text + 1);
	if (*text == '-')
		return strtol(text, NULL, 0);
	return (long)strtoul(text, NULL, 0);
}

static void do_call(int fd, char **args)
{
	long v[6], ret;

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		if (strcmp(calls[i].name, args[0]))
			continue;
		for (int a = 0; a < 6; a++)
			v[a] = argument(args[a + 1]);
		ret = syscall(calls[i].nr, v[0], v[1], v[2], v[3], v[4], v[5]);
		if (ret == -1)
			answer_error(fd, errno);
		else
			answer_value(fd, ret);
		return;
	}
	answer_error(fd, ENOSYS);
}

struct birth {
	int fd;
	int parent_fd;
	unsigned long flags;
};

static int newborn(void *arg)
{
	struct birth *birth = arg;
	int fd = birth->fd;

	if (!(birth->flags & CLONE_FILES))
		close(birth->parent_fd);
	answer_value(fd, syscall(birth->flags & CLONE_THREAD ? SYS_gettid : SYS_getpid));
	serve(fd);
	syscall(SYS_exit, 0);
	return 0;
}

/* The child's stack is never freed: the child of a CLONE_VM may outlive us. */
static void do_clone(int fd, unsigned long flags)
{
	struct birth *birth;
	int pair[2];
	char *stack;

	stack = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (stack == MAP_FAILED || socketpair(AF_UNIX, SOCK_STREAM, 0, pair)) {
		answer_error(fd, errno);
		return;
	}
	birth = (struct birth *)stack;
	birth->fd = pair[0];
	birth->parent_fd = fd;
	birth->flags = flags;
	/* Before the clone: after a CLONE_VFORK we would be too late to say it. */
	answer(fd, "ok 0\n", pair[1]);
	close(pair[1]);
	clone(newborn, stack + STACK_SIZE, (int)flags, birth);
	if (!(flags & CLONE_FILES))
		close(pair[0]);
}

static void access_memory(char what, char *addr, unsigned long n, const char *arg,
			  char *text)
{
	unsigned long value = arg ? strtoul(arg, NULL, 0) : 0;

	switch (what) {
	case 't':
		for (unsigned long i = 0; i < n; i++)
			(void)*(volatile char *)(addr + i * page_size);
		break;
	case 'w':
		for (unsigned long i = 0; i < n; i++)
			*(volatile char *)(addr + i * page_size) = (char)(value + i);
		break;
	case 'f':
		memset(addr, (int)value, n * page_size);
		break;
	case 's':
		for (const char *hex = arg; hex && hex[0] && hex[1]; hex += 2) {
			char digits[3] = { hex[0], hex[1], 0 };

			*(volatile char *)addr++ = (char)strtol(digits, NULL, 16);
		}
		break;
	case 'p':
		for (unsigned long i = 0; i < n && i < PEEK_MAX; i++)
			snprintf(text + 2 * i, 3, "%02x",
				 *(volatile unsigned char *)(addr + i));
		break;
	}
}

static void do_memory(int fd, char what, char **args)
{
	char text[2 * PEEK_MAX + 8] = "ok ";

	if (sigsetjmp(fault, 1)) {
		fault_expected = 0;
		answer_error(fd, EFAULT);
		return;
	}
	fault_expected = 1;
	if (what == 's')
		access_memory(what, (char *)argument(args[1]), 0, args[2], NULL);
	else
		access_memory(what, (char *)argument(args[1]),
			      (unsigned long)argument(args[2]), args[3], text + 3);
	fault_expected = 0;
	strcat(text, what == 'p' ? "\n" : "0\n");
	answer(fd, text, -1);
}

/* Life without pause, for scans to run into: ends with the process. */
static void do_churn(char *addr, unsigned long n, int fd)
{
	unsigned int round = 0;

	signal(SIGCHLD, SIG_DFL);
	for (;; round++) {
		pid_t pid = fork();

		if (pid == 0) {
			for (unsigned long i = round % 3; i < n; i += 3)
				addr[i * page_size] = (char)round;
			if (round % 4 == 0)
				execl("/proc/self/exe", "puppet", "-1", (char *)NULL);
			_exit(0);
		}
		munmap(addr + (round % n) * page_size, page_size);
		mmap(addr + (round % n) * page_size, page_size, PROT_READ | PROT_WRITE | PROT_EXEC,
		     MAP_PRIVATE | MAP_FIXED, fd, (off_t)(round % n) * page_size);
		if (round % 8 == 0)
			madvise(addr, n * page_size, MADV_DONTNEED);
		for (unsigned long i = 0; i < n; i += 1 + round % 2)
			addr[i * page_size]++;
		if (pid > 0)
			waitpid(pid, NULL, 0);
	}
}

static void do_exec(int fd, char *path)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", fd);
	execl(unescape(path), "puppet", number, (char *)NULL);
	answer_error(fd, errno);
}

static void start_churn(int fd, char **args)
{
	answer_value(fd, 0);
	do_churn((char *)argument(args[1]), (unsigned long)argument(args[2]),
		 (int)argument(args[3]));
}

static void obey(int fd, char *line)
{
	static const char *const memory[] = {
		"touch", "write", "fill", "set", "peek",
	};
	char *args[8] = { NULL };
	char *save = NULL;
	int n = 0;

	for (char *word = strtok_r(line, " ", &save); word && n < 8;
	     word = strtok_r(NULL, " ", &save))
		args[n++] = word;
	for (size_t i = 0; n && i < sizeof(memory) / sizeof(memory[0]); i++) {
		if (!strcmp(args[0], memory[i])) {
			do_memory(fd, args[0][0], args);
			return;
		}
	}
	if (n > 1 && !strcmp(args[0], "call"))
		do_call(fd, args + 1);
	else if (n > 1 && !strcmp(args[0], "clone"))
		do_clone(fd, (unsigned long)argument(args[1]));
	else if (n > 1 && !strcmp(args[0], "exec"))
		do_exec(fd, args[1]);
	else if (n > 1 && !strcmp(args[0], "churn"))
		start_churn(fd, args);
	else if (n && !strcmp(args[0], "scratch"))
		answer_value(fd, (long)scratch);
	else
		answer_error(fd, EINVAL);
}

static void serve(int fd)
{
	char buf[LINE_MAX_LEN];
	size_t have = 0;

	for (;;) {
		char *end = memchr(buf, '\n', have);
		ssize_t got;

		if (end) {
			size_t len = end + 1 - buf;
			char line[LINE_MAX_LEN];

			memcpy(line, buf, len);
			line[len - 1] = '\0';
			memmove(buf, end + 1, have - len);
			have -= len;
			obey(fd, line);
			continue;
		}
		if (have == sizeof(buf))
			return;
		got = read(fd, buf + have, sizeof(buf) - have);
		if (got == 0 || (got < 0 && errno != EINTR))
			return;
		if (got > 0)
			have += got;
	}
}

int main(int argc, char **argv)
{
	struct sigaction act = { .sa_handler = on_fault, .sa_flags = SA_NODEFER };

	if (argc != 2) {
		fprintf(stderr, "usage: puppet SOCKET-FD\n");
		return 2;
	}
	page_size = (size_t)sysconf(_SC_PAGESIZE);
	scratch = mmap(NULL, SCRATCH_SIZE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	sigaction(SIGSEGV, &act, NULL);
	sigaction(SIGBUS, &act, NULL);
	signal(SIGCHLD, SIG_IGN);
	if (atoi(argv[1]) < 0)
		return 0;
	answer_value(atoi(argv[1]), getpid());
	serve(atoi(argv[1]));
	return 0;
}
