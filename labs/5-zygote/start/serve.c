// SPDX-License-Identifier: GPL-2.0-only
/* A server: handles requests, each of which uses eight objects. */
#include <dlfcn.h>
#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "board.h"
#include "objects.h"

#define USES 8
#define HELD (OBJECTS / 2)

static struct {
	void *library;
	void (*get)(unsigned int number);
	void (*put)(unsigned int number);
	long (*count)(unsigned int number);
	long (*sum)(unsigned int number);
	unsigned int (*collect)(void);
} objects;

static void *find(const char *name)
{
	void *function = dlsym(objects.library, name);

	if (!function)
		errx(1, "%s", dlerror());
	return function;
}

void serve_load(void)
{
	if (objects.library)
		return;
	objects.library = dlopen("libobjects.so", RTLD_NOW);
	if (!objects.library)
		errx(1, "%s", dlerror());
	objects.get = find("object_get");
	objects.put = find("object_put");
	objects.count = find("object_count");
	objects.sum = find("object_sum");
	objects.collect = find("objects_collect");
}

static struct board_line *map_board(void)
{
	const char *name = getenv("BOARD") ?: "board.bin";
	int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	void *board;

	if (fd < 0 || ftruncate(fd, BOARD_MOST * sizeof(struct board_line)))
		err(1, "%s", name);
	board = mmap(NULL, BOARD_MOST * sizeof(struct board_line), PROT_READ | PROT_WRITE,
		     MAP_SHARED, fd, 0);
	if (board == MAP_FAILED)
		err(1, "%s", name);
	close(fd);
	return board;
}

static void request(struct board_line *line, unsigned int *chance)
{
	for (int i = 0; i < USES; i++) {
		unsigned int number;
		long count;

		*chance = *chance * 1664525 + 1013904223;
		number = (*chance >> 8) % OBJECTS;
		count = objects.count(number);
		objects.get(number);
		line->wrong += objects.count(number) != count + 1;
		line->wrong += objects.sum(number) != 21;
		objects.put(number);
	}
}

/* Takes references that this server keeps, another number of them than the others. */
static void hold(struct board_line *line, unsigned int index)
{
	static long held;

	for (unsigned int i = 0; i <= index; i++, held++)
		objects.get(HELD);
	line->wrong += objects.count(HELD) != 1 + held;
}

void serve(unsigned int index)
{
	volatile struct board_line *line = map_board() + index;
	unsigned int chance = 12345 + 1000003 * index;

	serve_load();
	line->pid = getpid();
	for (;;) {
		while (line->requests < line->requests_wanted) {
			request((struct board_line *)line, &chance);
			line->requests++;
		}
		while (line->collections < line->collections_wanted) {
			line->wrong += objects.collect() != OBJECTS;
			line->collections++;
		}
		while (line->holds < line->holds_wanted) {
			hold((struct board_line *)line, index);
			line->holds++;
		}
		usleep(20000);
	}
}
