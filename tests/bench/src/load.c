// SPDX-License-Identifier: GPL-2.0-only
/*
 * The processes that are measured: a program without any C library, so that
 * its address space holds what it says here and nothing else.
 *
 *	load PROCESSES LIBRARIES HEAP_MB MANY_VMAS DISTINCT SMALL BUSY FOLDER
 *
 * Forks PROCESSES children, of which each maps LIBRARIES files of FOLDER,
 * lib00000 and so on, the way the dynamic loader does, and touches pages of
 * them; with DISTINCT 1, each child has files of its own; with SMALL 1, a file
 * is one page, which a child maps executable. Beside, it holds
 * HEAP_MB of touched anonymous memory in base pages. The heap is the parent's,
 * so that N processes hold N page tables full of entries, but one memory.
 * MANY_VMAS > 0: a child maps that many neighbouring pages of FOLDER/big,
 * each as a VMA of its own, instead, and touches the first SHAPE_BIG.
 *
 * Prints a line when all children are ready, and waits to be killed. BUSY > 0:
 * meanwhile it starts that many processes a second that live for some
 * milliseconds. They take the CPU whenever they are ready, as if they had one of
 * their own.
 *
 *	load short FOLDER
 *
 * One of these processes, which a fork has started by execve().
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>

#include "shape.h"

#ifndef __x86_64__
#error "load.c makes system calls of x86-64"
#endif

static long call(long nr, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d, r8 __asm__("r8") = e, r9 __asm__("r9") = f;
	long ret;

	__asm__ volatile("syscall" : "=a"(ret) : "0"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8),
			 "r"(r9) : "rcx", "r11", "memory");
	return ret;
}

static void leave(int status)
{
	call(SYS_exit_group, status, 0, 0, 0, 0, 0);
	__builtin_unreachable();
}

static void check(long ret, char what)
{
	char text[] = "load: ? failed\n";

	if (ret >= 0)
		return;
	text[6] = what;
	call(SYS_write, 2, (long)text, sizeof(text) - 1, 0, 0, 0);
	leave(1);
}

static char *map(char *at, long pages, int prot, int flags, int fd, long first)
{
	long ret = call(SYS_mmap, (long)at, pages * SHAPE_PAGE, prot, MAP_FIXED | flags, fd,
			first * SHAPE_PAGE);

	check(ret, 'm');
	return (char *)ret;
}

static void touch(char *at, long page)
{
	(void)*(volatile char *)(at + page * SHAPE_PAGE);
}

static void write_to(char *at, long page)
{
	*(volatile char *)(at + page * SHAPE_PAGE) = 1;
}

static void map_library(char *at, int fd)
{
	long page;

	map(at, SHAPE_HEAD, PROT_READ, MAP_PRIVATE, fd, 0);
	map(at + SHAPE_TEXT_AT * SHAPE_PAGE, SHAPE_TEXT, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd,
	    SHAPE_TEXT_AT);
	map(at + SHAPE_RODATA_AT * SHAPE_PAGE, SHAPE_RODATA, PROT_READ, MAP_PRIVATE, fd,
	    SHAPE_RODATA_AT);
	map(at + SHAPE_RELRO_AT * SHAPE_PAGE, SHAPE_RELRO + SHAPE_DATA, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE, fd, SHAPE_RELRO_AT);

	touch(at, 0);
	for (page = SHAPE_TEXT_AT; page < SHAPE_RODATA_AT; page++)
		if (page / SHAPE_WINDOW != SHAPE_TEXT_HOLE)
			touch(at, page);
	for (page = SHAPE_RODATA_AT; page < SHAPE_RELRO_AT; page++)
		touch(at, page);
	for (page = SHAPE_RELRO_AT; page < SHAPE_DATA_AT + SHAPE_DATA / 2; page++)
		write_to(at, page);
	for (; page < SHAPE_PAGES; page++)
		touch(at, page);
	check(call(SYS_mprotect, (long)at + SHAPE_RELRO_AT * SHAPE_PAGE, SHAPE_RELRO * SHAPE_PAGE,
		   PROT_READ, 0, 0, 0), 'p');
}

static long open_file(const char *folder, const char *name)
{
	char path[64], *p = path;
	long fd;

	while (*folder)
		*p++ = *folder++;
	*p++ = '/';
	while (*name)
		*p++ = *name++;
	*p = '\0';
	fd = call(SYS_open, (long)path, O_RDONLY, 0, 0, 0, 0);
	check(fd, 'o');
	return fd;
}

static void map_libraries(const char *folder, long first, long number, int small)
{
	char *at = (char *)SHAPE_BASE;
	long i, fd;

	for (i = first; i < first + number; i++, at += SHAPE_STRIDE * SHAPE_PAGE) {
		char name[] = { 'l', 'i', 'b', '0' + i / 10000 % 10, '0' + i / 1000 % 10,
				'0' + i / 100 % 10, '0' + i / 10 % 10, '0' + i % 10, 0 };

		fd = open_file(folder, name);
		if (small) {
			map((char *)SHAPE_BASE + i * SHAPE_PAGE, 1, PROT_READ | PROT_EXEC,
			    MAP_PRIVATE, fd, 0);
			touch((char *)SHAPE_BASE, i);
		} else {
			map_library(at, fd);
		}
		call(SYS_close, fd, 0, 0, 0, 0, 0);
	}
}

/* Neighbours differ in what they allow, or they would become one VMA. */
static void map_many(const char *folder, long number)
{
	long fd = open_file(folder, "big"), i;
	char *at = (char *)SHAPE_BASE;

	for (i = 0; i < number; i++) {
		int prot = i & 1 ? PROT_READ : PROT_READ | PROT_EXEC;

		map(at + i * SHAPE_PAGE, 1, prot, MAP_PRIVATE, fd, i % SHAPE_BIG);
		if (i < SHAPE_BIG)
			touch(at, i);
	}
	call(SYS_close, fd, 0, 0, 0, 0, 0);
}

static void make_heap(long megabytes)
{
	long pages = megabytes ? megabytes * 256 : 1, i;
	char *at = map((char *)SHAPE_HEAP, pages, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	/* A kernel without huge pages says that it knows no such advice. */
	call(SYS_madvise, (long)at, pages * SHAPE_PAGE, MADV_NOHUGEPAGE, 0, 0, 0);
	for (i = 0; i < pages; i++)
		write_to(at, i);
}

static long number(const char *text)
{
	long n = 0;

	while (*text)
		n = n * 10 + *text++ - '0';
	return n;
}

static void wait_for_ever(void)
{
	for (;;)
		call(SYS_pause, 0, 0, 0, 0, 0, 0);
}

static void doze(long us)
{
	struct timespec time = { .tv_nsec = us * 1000 };

	call(SYS_nanosleep, (long)&time, 0, 0, 0, 0, 0);
}

/* A process that exists for a moment, the @nr th: see shape.h. */
static void live_shortly(const char *folder, long nr)
{
	const char *const argv[] = { "load", "short", folder, 0 };

	if (nr % 3 == 1)
		check(call(SYS_execve, (long)"/bench/load", (long)argv, (long)(argv + 3), 0, 0, 0),
		      'x');
	if (nr % 3 == 2)
		map_libraries(folder, SHAPE_BUSY_LIBRARIES, SHAPE_BUSY_LIBRARIES, 0);
	doze(1000 + nr % 6 * 1000);
	leave(0);
}

static void be_busy(const char *folder, long a_second)
{
	/* The kernel's: children are not waited for. */
	const struct { void *handler; long flags, restorer, mask; } ignore = { (void *)1, 0, 0, 0 };
	const int priority = 1;
	unsigned int random = 1;
	long nr, pid;

	map_libraries(folder, 0, SHAPE_BUSY_LIBRARIES, 0);
	check(call(SYS_rt_sigaction, SIGCHLD, (long)&ignore, 0, 8, 0, 0), 's');
	check(call(SYS_sched_setscheduler, 0, SCHED_FIFO, (long)&priority, 0, 0, 0), 'S');
	for (nr = 0; ; nr++) {
		random = random * 1664525 + 1013904223;
		/* From half to one and a half of the time between two. */
		doze(500000 / a_second + (random >> 8) % (1000000 / a_second));
		pid = call(SYS_fork, 0, 0, 0, 0, 0, 0);
		check(pid, 'f');
		if (!pid)
			live_shortly(folder, nr);
	}
}

__attribute__((used)) static void begin(long *stack)
{
	char **argv = (char **)(stack + 1), ready;
	long processes, libraries, many, distinct, small, busy, i, pid;
	int fd[2];

	if (stack[0] == 3) {
		map_libraries(argv[2], 0, SHAPE_BUSY_LIBRARIES, 0);
		doze(2000);
		leave(0);
	}
	if (stack[0] != 9)
		leave(2);
	processes = number(argv[1]);
	libraries = number(argv[2]);
	many = number(argv[4]);
	distinct = number(argv[5]);
	small = number(argv[6]);
	busy = number(argv[7]);
	make_heap(number(argv[3]));
	check(call(SYS_pipe, (long)fd, 0, 0, 0, 0, 0), 'P');
	for (i = 0; i < processes; i++) {
		pid = call(SYS_fork, 0, 0, 0, 0, 0, 0);
		check(pid, 'f');
		if (!pid) {
			call(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0, 0);
			if (many)
				map_many(argv[8], many);
			else
				map_libraries(argv[8], distinct ? i * libraries : 0, libraries,
					      small);
			check(call(SYS_write, fd[1], (long)"", 1, 0, 0, 0), 'w');
			wait_for_ever();
		}
	}
	call(SYS_close, fd[1], 0, 0, 0, 0, 0);
	for (i = 0; i < processes; i++)
		if (call(SYS_read, fd[0], (long)&ready, 1, 0, 0, 0) != 1)
			leave(1);
	check(call(SYS_write, 1, (long)"ready\n", 6, 0, 0, 0), 'w');
	if (busy)
		be_busy(argv[8], busy);
	wait_for_ever();
}

__asm__(".globl _start\n_start: mov %rsp, %rdi\n and $-16, %rsp\n call begin\n hlt");
