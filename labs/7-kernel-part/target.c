// SPDX-License-Identifier: GPL-2.0-only
/*
 * target FILE NUMBER - for the grader: a process with pages of all kinds, of more of
 * them the larger the NUMBER, and with a child that shares some. It does as it is told:
 * "map" maps and touches a little more, "huge" a huge page; "lock", "look" and
 * "table" have labhold hold a lock. Answers "ok" to each.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#define PAGE 4096
#define HUGE_PAGE (2UL << 20)

static char *anonymous(size_t size, int flags)
{
	char *at = mmap(NULL, size, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		exit(1);
	return at;
}

static void touch(char *at, int pages)
{
	for (int i = 0; i < pages; i++)
		at[i * PAGE] = 1;
}

static void read_pages(volatile char *at, int pages)
{
	for (int i = 0; i < pages; i++)
		(void)at[i * PAGE];
}

/* A child that has pages of the file and of the memory of its parent, and stays. */
static void share(volatile char *file, volatile char *memory, int pages)
{
	int ready[2];
	char byte = 0;

	if (pipe(ready))
		exit(1);
	if (!fork()) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		read_pages(file, pages);
		read_pages(memory, pages);
		if (write(ready[1], &byte, 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	if (read(ready[0], &byte, 1) != 1)
		exit(1);
	close(ready[0]);
	close(ready[1]);
}

static char *map_file(const char *name)
{
	int fd = open(name, O_RDONLY);
	char *at = mmap(NULL, 32 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);

	if (at == MAP_FAILED)
		exit(1);
	read_pages(at, 32);
	touch(at + 5 * PAGE, 7);
	return at;
}

static void tell(const char *parameter, unsigned long value)
{
	char path[128], text[32];
	int fd;

	snprintf(path, sizeof(path), "/sys/kernel/debug/labhold/%s", parameter);
	snprintf(text, sizeof(text), "%lu", value);
	fd = open(path, O_WRONLY);
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		exit(1);
	close(fd);
}

int main(int argc, char **argv)
{
	static char line[64];
	char *small, *file, *at;
	int number;

	if (argc != 3)
		return 2;
	number = atoi(argv[2]);
	setvbuf(stdout, NULL, _IOLBF, 0);
	file = map_file(argv[1]);
	small = anonymous(40 * PAGE, MAP_PRIVATE);
	touch(small, 4 + number);
	read_pages(small + 20 * PAGE, 6);		/* zero pages do not count */
	touch(anonymous(30 * PAGE, MAP_SHARED), 3 + number);	/* shared memory is a file's */
	mprotect(anonymous(8 * PAGE, MAP_PRIVATE), 8 * PAGE, PROT_NONE);
	/* Far apart: most of its page tables are not there. */
	at = mmap(NULL, 8UL << 30, PROT_READ | PROT_WRITE,
		  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	madvise(at, 8UL << 30, MADV_NOHUGEPAGE);
	touch(at + PAGE, 2);
	touch(at + (3UL << 30) - PAGE, 2);
	touch(at + (8UL << 30) - PAGE, 1);
	share(file + 10 * PAGE, small, number);
	/* Some of what the child has inherited is shared no more. */
	touch(small, number / 2);
	puts("ok");
	while (fgets(line, sizeof(line), stdin)) {
		if (!strcmp(line, "map\n")) {
			touch(anonymous(16 * PAGE, MAP_PRIVATE), 5);
		} else if (!strcmp(line, "huge\n")) {
			at = anonymous(2 * HUGE_PAGE, MAP_PRIVATE);
			at = (char *)(((unsigned long)at + HUGE_PAGE - 1) & -HUGE_PAGE);
			madvise(at, HUGE_PAGE, MADV_HUGEPAGE);
			*at = 1;
		} else if (!strcmp(line, "lock\n")) {
			tell("mmap_lock", 30000);
		} else if (!strcmp(line, "look\n")) {
			tell("mmap_lock", 1);
		} else if (!strcmp(line, "table\n")) {
			tell("table_lock", (unsigned long)small);
		}
		puts("ok");
	}
	return 0;
}
