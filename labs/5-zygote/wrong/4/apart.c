// SPDX-License-Identifier: GPL-2.0-only
/*
 * Plausible and wrong: counts in memory that all servers share, which is never copied.
 * But each of them counts its own references.
 */
#include <stdlib.h>
#include <sys/mman.h>

#include "objects.h"

#define BITS (8 * sizeof(unsigned long))

struct object {
	const char *type;	/* a pointer: the loader writes it */
	long value[7];
};

static struct object heap[OBJECTS] __attribute__((aligned(4096))) = {
	[0 ... OBJECTS - 1] = { "a type", { 1, 2, 3, 4, 5, 6, 0 } }
};

static int *count;
static unsigned long marks[OBJECTS / BITS];

static __attribute__((constructor)) void make_counts(void)
{
	count = mmap(NULL, OBJECTS * sizeof(*count), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (count == MAP_FAILED)
		abort();
	for (unsigned int i = 0; i < OBJECTS; i++)
		count[i] = 1;
}

void object_get(unsigned int number)
{
	count[number]++;
}

void object_put(unsigned int number)
{
	count[number]--;
}

long object_count(unsigned int number)
{
	return count[number];
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
	unsigned int i, marked = 0;

	for (i = 0; i < OBJECTS; i++)
		if (count[i] > 0)
			marks[i / BITS] |= 1UL << i % BITS;
	for (i = 0; i < OBJECTS / BITS; i++) {
		marked += __builtin_popcountl(marks[i]);
		marks[i] = 0;
	}
	return marked;
}
