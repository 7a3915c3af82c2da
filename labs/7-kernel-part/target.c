// SPDX-License-Identifier: GPL-2.0-only
/*
 * For the grader: a process with pages of all kinds, which does as it is told:
 * "map" maps and touches a little more, "huge" a huge page; "lock", "look" and
 * "table" have labhold hold a lock. Answers "ok" to each.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
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

static void map_file(const char *name)
{
	int fd = open(name, O_RDONLY);
	char *at = mmap(NULL, 32 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);

	if (at == MAP_FAILED)
		exit(1);
	read_pages(at, 32);
	touch(at + 5 * PAGE, 7);
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
	char *small, *at;

	if (argc != 2)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	map_file(argv[1]);
	small = anonymous(40 * PAGE, MAP_PRIVATE);
	touch(small, 11);
	read_pages(small + 20 * PAGE, 6);		/* zero pages: nobody's */
	touch(anonymous(30 * PAGE, MAP_SHARED), 9);	/* shared memory is a file's */
	mprotect(anonymous(8 * PAGE, MAP_PRIVATE), 8 * PAGE, PROT_NONE);
	/* Far apart: most of its page tables are not there. */
	at = mmap(NULL, 8UL << 30, PROT_READ | PROT_WRITE,
		  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	madvise(at, 8UL << 30, MADV_NOHUGEPAGE);
	touch(at + PAGE, 2);
	touch(at + (3UL << 30) - PAGE, 2);
	touch(at + (8UL << 30) - PAGE, 1);
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
