// SPDX-License-Identifier: GPL-2.0-only
/* Names of containers, users, programs and packages; see names.h. */
#include <inttypes.h>

#include "data/alloc.h"
#include "data/names.h"

static const char *const kinds_text[NAME_KINDS] = {
	[NAME_CONTAINER] = "container",
	[NAME_USER] = "user",
	[NAME_PROGRAM] = "program",
	[NAME_PACKAGE] = "package",
};

/**
 * names_new() - Add a name to a snapshot.
 * @snap: The snapshot.
 * @kind: What it is the name of.
 * @key: Which one.
 *
 * Return: The row, without a name yet.
 */
struct name *names_new(struct snapshot *snap, enum name_kind kind, const char *key)
{
	struct name *name = snapshot_add(snap, NAMED);

	name->kind = kinds_text[kind];
	name->key = snapshot_keep(snap, key);
	return name;
}

/**
 * names_new_number() - Add a name of what has a number.
 * @snap: The snapshot.
 * @kind: What it is the name of.
 * @number: Which one.
 *
 * Return: The row, without a name yet.
 */
struct name *names_new_number(struct snapshot *snap, enum name_kind kind, uint64_t number)
{
	char key[24];

	snprintf(key, sizeof(key), "%" PRIu64, number);
	return names_new(snap, kind, key);
}

static int by_key(const void *a, const void *b)
{
	const struct name *x = a, *y = b;
	int way = strcmp(x->kind, y->kind);

	return way ? way : strcmp(x->key, y->key);
}

/**
 * names_sort() - Get the names of a snapshot ready for names_find().
 * @snap: The snapshot.
 */
void names_sort(struct snapshot *snap)
{
	struct rows *rows = &snap->table[NAMED];

	if (rows->nr)
		qsort(rows->at, rows->nr, sizeof(struct name), by_key);
}

/**
 * names_find() - A name, if it is known.
 * @snap: The snapshot.
 * @kind: What it is the name of.
 * @key: Which one.
 *
 * Return: The name, or NULL.
 */
const struct name *names_find(const struct snapshot *snap, enum name_kind kind,
			      const char *key)
{
	const struct rows *rows = &snap->table[NAMED];
	const struct name wanted = { .kind = kinds_text[kind], .key = key };

	if (!rows->nr)
		return NULL;
	return bsearch(&wanted, rows->at, rows->nr, sizeof(wanted), by_key);
}

/**
 * names_number() - A name of what has a number, if it is known.
 * @snap: The snapshot.
 * @kind: What it is the name of.
 * @number: Which one.
 *
 * Return: The name, or NULL.
 */
const struct name *names_number(const struct snapshot *snap, enum name_kind kind,
				uint64_t number)
{
	char key[24];

	snprintf(key, sizeof(key), "%" PRIu64, number);
	return names_find(snap, kind, key);
}
