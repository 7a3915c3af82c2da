// SPDX-License-Identifier: GPL-2.0-only
/* Plausible and wrong: a cell for each count and mark, away from the objects. */
#include <stdlib.h>

#include "objects.h"

struct cell {
	int count;
	int mark;
};

struct object {
	struct cell *cell;
	const char *type;	/* a pointer: the loader writes it */
	long value[6];
};

static struct object heap[OBJECTS] __attribute__((aligned(4096))) = {
	[0 ... OBJECTS - 1] = { NULL, "a type", { 1, 2, 3, 4, 5, 6 } }
};

static __attribute__((constructor)) void make_cells(void)
{
	for (unsigned int i = 0; i < OBJECTS; i++) {
		heap[i].cell = malloc(sizeof(struct cell));
		heap[i].cell->count = 1;
		heap[i].cell->mark = 0;
	}
}

void object_get(unsigned int number)
{
	heap[number].cell->count++;
}

void object_put(unsigned int number)
{
	heap[number].cell->count--;
}

long object_count(unsigned int number)
{
	return heap[number].cell->count;
}

long object_sum(unsigned int number)
{
	long sum = 0;

	for (int i = 0; i < 6; i++)
		sum += heap[number].value[i];
	return sum;
}

unsigned int objects_collect(void)
{
	unsigned int marked = 0;

	for (unsigned int i = 0; i < OBJECTS; i++)
		heap[i].cell->mark = heap[i].cell->count > 0;
	for (unsigned int i = 0; i < OBJECTS; i++) {
		marked += heap[i].cell->mark;
		heap[i].cell->mark = 0;
	}
	return marked;
}
