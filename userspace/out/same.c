// SPDX-License-Identifier: GPL-2.0-only
/* Finding a row again in another snapshot. */
#include "data/alloc.h"
#include "out/diff.h"
#include "views/groups.h"

/**
 * same_compare() - Order two rows by what makes them the same thing.
 * @a: A pointer to a row.
 * @b: A pointer to another row.
 * @data: libraries, processes or groups, a view.
 *
 * Device and inode number alone may be another file tomorrow, or on another machine; a
 * path alone may be two files.
 *
 * Return: As strcmp().
 */
int same_compare(const void *a, const void *b, void *data)
{
	static const char *const names[] = { "path", "comm", "dev", "ino", "pid" };
	const void *const *x = a, *const *y = b;
	const struct view *view = data, *of;
	enum by by;
	size_t i;

	/* A container that was made anew has another id. */
	if (groups_have(view, &by, &of))
		return strcmp(((const struct group_sum *)*x)->label.id,
			      ((const struct group_sum *)*y)->label.id);

	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const struct column *col = column_find(view, names[i],
						       strlen(names[i]));
		int way = col ? column_compare(col, *x, *y) : 0;

		if (way)
			return way;
	}
	return 0;
}

/**
 * diff_sort() - Get rows ready for diff_find().
 * @view: libraries or processes.
 * @list: The rows.
 *
 * Return: The same rows in another order; @row is for free().
 */
struct list diff_sort(const struct view *view, const struct list *list)
{
	struct list sorted = { xcalloc(list->nr, sizeof(*sorted.row)), list->nr };

	if (list->nr) {
		memcpy(sorted.row, list->row, list->nr * sizeof(*sorted.row));
		qsort_r(sorted.row, sorted.nr, sizeof(*sorted.row), same_compare,
			(void *)view);
	}
	return sorted;
}

/**
 * diff_find() - Find a row again in another snapshot.
 * @sorted: The rows of that one, from diff_sort().
 * @view: libraries or processes.
 * @row: The row.
 *
 * Return: It, or NULL when it was not there.
 */
const void *diff_find(const struct list *sorted,
		      const struct view *view, const void *row)
{
	const void **found = NULL;
	size_t low = 0, high = sorted->nr;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int way = same_compare(&row, &sorted->row[middle], (void *)view);

		if (!way)
			found = &sorted->row[middle];
		if (way <= 0)
			high = middle;
		else
			low = middle + 1;
	}
	return found ? *found : NULL;
}
