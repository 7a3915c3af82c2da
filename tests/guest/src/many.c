// SPDX-License-Identifier: GPL-2.0-only
/*
 * many mappings FILE COUNT: COUNT VMAs of one page of FILE each, every second
 *	one executable, so that no two neighbours merge
 * many files DIR COUNT: COUNT new files in DIR, each mapped once, with build IDs
 *	whose first half is the same
 * many processes FILE COUNT: COUNT processes that map FILE
 *
 * Prints how many there are, as soon as there are, and keeps them until its
 * standard input ends.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static long page, libraries;
static pid_t *children;

static const struct library {
	Elf64_Ehdr header;
	Elf64_Phdr segment;
	Elf64_Nhdr note;
	char owner[4];
	long id[2];
} library = {
	.header = {
		.e_ident = {
			ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT
		},
		.e_type = ET_DYN,
		.e_phoff = offsetof(struct library, segment),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = 1,
	},
	.segment = {
		.p_type = PT_NOTE,
		.p_offset = offsetof(struct library, note),
		.p_filesz = sizeof(struct library) - offsetof(struct library, note),
		.p_align = 4,
	},
	.note = { .n_namesz = 4, .n_descsz = sizeof(library.id), .n_type = NT_GNU_BUILD_ID },
	.owner = "GNU",
};

static int write_library(int fd)
{
	struct library image = library;

	image.id[1] = ++libraries;
	return ftruncate(fd, page) || pwrite(fd, &image, sizeof(image), 0) < 0;
}

static char *map_page(char *where, int prot, const char *path, int flags, long index)
{
	int fd = open(path, flags | O_CLOEXEC, 0755);
	char *at;

	if (fd < 0)
		return MAP_FAILED;
	if (flags & O_CREAT && write_library(fd)) {
		close(fd);
		return MAP_FAILED;
	}
	at = mmap(where, page, prot, MAP_PRIVATE | (where ? MAP_FIXED : 0), fd, index * page);
	close(fd);
	return at;
}

static char *reserve(long pages)
{
	char *area = mmap(NULL, pages * page, PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (area == MAP_FAILED) {
		perror("mmap");
		exit(1);
	}
	return area;
}

static void touch(const volatile char *at)
{
	(void)*at;
}

static long make_mappings(const char *path, long count)
{
	char *area = reserve(count);
	struct stat about;
	long made, pages;

	if (stat(path, &about))
		return 0;
	pages = about.st_size / page;
	for (made = 0; made < count; made++) {
		char *at = area + made * page;

		if (map_page(at, made & 1 ? PROT_READ : PROT_READ | PROT_EXEC, path, O_RDONLY,
			     made % pages) == MAP_FAILED)
			break;
		if (made % 100 == 0)
			touch(at);
	}
	return made;
}

static long make_files(const char *dir, long count)
{
	char *area = reserve(count), path[4096];
	long made;

	for (made = 0; made < count; made++) {
		snprintf(path, sizeof(path), "%s/%06ld.so", dir, made);
		if (map_page(area + made * page, PROT_READ | PROT_EXEC, path, O_RDWR | O_CREAT,
			     0) == MAP_FAILED)
			break;
	}
	return made;
}

static long make_processes(const char *path, long count)
{
	char *at = map_page(NULL, PROT_READ | PROT_WRITE | PROT_EXEC, path, O_RDONLY, 0);
	long made;

	children = calloc(count, sizeof(*children));
	if (at == MAP_FAILED || !children)
		return 0;
	for (made = 0; made < count; made++) {
		pid_t pid = fork();

		if (pid < 0)
			break;
		children[made] = pid;
		if (!pid) {
			touch(at);
			for (;;)
				pause();
		}
	}
	return made;
}

/* One after another: thousands that die at once keep a kernel from all else for minutes. */
static void end_processes(long made)
{
	long i;

	for (i = 0; i < made; i++) {
		kill(children[i], SIGKILL);
		waitpid(children[i], NULL, 0);
	}
}

int main(int argc, char **argv)
{
	long count = argc == 4 ? atol(argv[3]) : 0, made = -1;
	char byte;

	page = sysconf(_SC_PAGESIZE);
	if (count && !strcmp(argv[1], "mappings"))
		made = make_mappings(argv[2], count);
	else if (count && !strcmp(argv[1], "files"))
		made = make_files(argv[2], count);
	else if (count && !strcmp(argv[1], "processes"))
		made = make_processes(argv[2], count);
	if (made < 0) {
		fprintf(stderr, "usage: many mappings|files|processes PATH COUNT\n");
		return 2;
	}
	printf("%ld %s\n", made, made < count ? strerror(errno) : "all");
	fflush(stdout);
	while (read(0, &byte, 1) > 0)
		;
	if (children)
		end_processes(made);
	return 0;
}
