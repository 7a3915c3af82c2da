// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each object begins with its count of references and with its mark, as in
 * CPython or in Ruby before 2.0. An object has 64 bytes, a page 64 objects,
 * the heap HEAP_PAGES pages.
 */
#include "objects.h"

struct object {
	int count;
	int mark;
	const char *type;	/* a pointer: the loader writes it */
	long value[6];
};

static struct object heap[OBJECTS] __attribute__((aligned(4096))) = {
	[0 ... OBJECTS - 1] = { 1, 0, "a type", { 1, 2, 3, 4, 5, 6 } }
};

void object_get(unsigned int number)
{
	heap[number].count++;
}

void object_put(unsigned int number)
{
	heap[number].count--;
}

long object_count(unsigned int number)
{
	return heap[number].count;
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
		heap[i].mark = heap[i].count > 0;
	for (unsigned int i = 0; i < OBJECTS; i++) {
		marked += heap[i].mark;
		heap[i].mark = 0;
	}
	return marked;
}
