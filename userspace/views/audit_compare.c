// SPDX-License-Identifier: GPL-2.0-only
/* Which copies of a page are equal to each other, as they are or without addresses. */
#include "data/alloc.h"
#include "data/order.h"
#include "views/audit_copies.h"

static int by_content(const void *a, const void *b)
{
	const struct copy *const *x = a, *const *y = b;

	return order((*x)->hash.content, (*y)->hash.content) ?: (*x > *y) - (*x < *y);
}

static int by_moved(const void *a, const void *b)
{
	const struct copy *const *x = a, *const *y = b;

	return order((*x)->hash.moved, (*y)->hash.moved) ?: (*x > *y) - (*x < *y);
}

static int by_program(const void *a, const void *b)
{
	const struct copy *const *x = a, *const *y = b;

	return order((*x)->exe, (*y)->exe) ?: by_moved(a, b);
}

/* Of copies that are equal, one has to stay. */
static void compare_contents(struct copy **copy, size_t nr)
{
	size_t i, j, end;

	qsort(copy, nr, sizeof(*copy), by_content);
	for (i = 0; i < nr; i = end) {
		for (end = i + 1; end < nr; end++)
			if (copy[end]->hash.content != copy[i]->hash.content)
				break;
		for (j = i; j < end; j++) {
			copy[j]->to_merge = j > i;
			/* A word that is no address may look like one, in some processes. */
			copy[j]->hash.moved = copy[i]->hash.moved;
			if (end - i > 1 && copy[j]->class == CLASS_DIFFERENT)
				copy[j]->class = CLASS_EQUAL;
		}
	}
}

static void compare_moved(struct copy **copy, size_t nr)
{
	size_t i, j, end;

	qsort(copy, nr, sizeof(*copy), by_moved);
	for (i = 0; i < nr; i = end) {
		for (end = i + 1; end < nr; end++)
			if (copy[end]->hash.moved != copy[i]->hash.moved)
				break;
		for (j = i; j < end; j++) {
			copy[j]->at_one_address = j > i;
			if (end - i > 1 && copy[j]->class == CLASS_DIFFERENT)
				copy[j]->class = CLASS_RELOCATED;
		}
	}
}

/* Only processes of one program can fork from one. */
static void compare_programs(struct copy **copy, size_t nr)
{
	size_t i;

	qsort(copy, nr, sizeof(*copy), by_program);
	for (i = 1; i < nr; i++) {
		if (copy[i]->exe != copy[i - 1]->exe ||
		    copy[i]->hash.moved != copy[i - 1]->hash.moved)
			continue;
		copy[i]->to_fork = true;
		copy[i]->would_fork = true;
		copy[i - 1]->would_fork = true;
	}
}

/**
 * audit_compare() - Compare the copies of each page with each other.
 * @a: The audit, with its copies read; their classes are set.
 */
void audit_compare(struct audited *a)
{
	struct copy **copy = xcalloc(a->copies, sizeof(*copy));
	size_t i, end, nr;

	for (i = 0; i < a->copies; i = end) {
		nr = 0;
		for (end = i; end < a->copies; end++) {
			if (a->copy[end].lib != a->copy[i].lib ||
			    a->copy[end].page != a->copy[i].page)
				break;
			if (a->copy[end].class != CLASS_UNREAD)
				copy[nr++] = &a->copy[end];
		}
		compare_contents(copy, nr);
		compare_moved(copy, nr);
		compare_programs(copy, nr);
	}
	free(copy);
}
