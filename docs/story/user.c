// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program of libstory.so, which does as its standard input says, and answers
 * each line with one:
 *
 *	call N, table N		calls N functions, reads N pages of the table
 *	read FIRST N		reads a word of each of N pages of the data
 *	write FIRST N		writes a byte to each of N pages of the data
 *	fork			forks; the parent does what comes next, and the
 *				child waits for what "child" says
 *	child INDEX ...		the same for a child
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libstory.h"

#define CHILDREN 8

static FILE *child[CHILDREN];
static unsigned int children;

static void obey(const char *line)
{
	static volatile long sum;
	unsigned int first, n;

	if (sscanf(line, "call %u", &n) == 1)
		for (first = 0; first < n; first++)
			sum += story_call(first, sum);
	else if (sscanf(line, "table %u", &n) == 1)
		for (first = 0; first < n; first++)
			sum += story_table(first);
	else if (sscanf(line, "read %u %u", &first, &n) == 2)
		for (; n; n--)
			sum += story_read(first++);
	else if (sscanf(line, "write %u %u", &first, &n) == 2)
		for (; n; n--)
			story_write(first++);
}

static void fork_one(void)
{
	char line[64];
	int to[2];

	if (pipe(to))
		exit(1);
	if (fork()) {
		close(to[0]);
		child[children++] = fdopen(to[1], "w");
		return;
	}
	close(to[1]);
	for (;;) {
		ssize_t len = read(to[0], line, sizeof(line) - 1);

		if (len <= 0)
			exit(0);
		line[len] = 0;
		obey(line);
		if (write(1, "ok\n", 3) != 3)
			exit(1);
	}
}

int main(void)
{
	char line[64], rest[64];
	unsigned int index;

	setvbuf(stdin, NULL, _IONBF, 0);
	for (;;) {
		if (write(1, "ok\n", 3) != 3 || !fgets(line, sizeof(line), stdin))
			return 0;
		while (sscanf(line, "child %u %63[^\n]", &index, rest) == 2) {
			fputs(rest, child[index % CHILDREN]);
			fflush(child[index % CHILDREN]);
			/* The child answers. */
			if (!fgets(line, sizeof(line), stdin))
				return 0;
		}
		if (!strcmp(line, "fork\n"))
			fork_one();
		else
			obey(line);
	}
}
