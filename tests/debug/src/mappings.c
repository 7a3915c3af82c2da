// SPDX-License-Identifier: GPL-2.0-only
/*
 * mappings FILE COUNT [STRIDE]: maps COUNT single pages of FILE, every second
 * one executable so that no two neighbours merge, prints a line and waits for
 * its standard input to end. Reads a page of every STRIDE that it maps.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	long count = argc > 2 ? atol(argv[2]) : 0, stride = argc > 3 ? atol(argv[3]) : 1;
	long page = sysconf(_SC_PAGESIZE), pages, made;
	struct stat about;
	char *area, sum = 0;
	int fd;

	if (argc < 3 || stride < 1) {
		fprintf(stderr, "usage: mappings FILE COUNT [STRIDE]\n");
		return 2;
	}
	fd = open(argv[1], O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &about)) {
		perror(argv[1]);
		return 1;
	}
	pages = about.st_size / page;
	area = mmap(NULL, count * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
		    -1, 0);
	if (area == MAP_FAILED || !pages) {
		perror("mmap");
		return 1;
	}
	for (made = 0; made < count; made++) {
		if (mmap(area + made * page, page, made & 1 ? PROT_READ : PROT_READ | PROT_EXEC,
			 MAP_PRIVATE | MAP_FIXED, fd, made % pages * page) == MAP_FAILED)
			break;
		if (made % stride == 0)
			sum += area[made * page];
	}
	printf("%ld %d\n", made, sum & 0);
	fflush(stdout);
	while (read(0, &sum, 1) > 0)
		;
	return 0;
}
