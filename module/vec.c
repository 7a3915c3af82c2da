// SPDX-License-Identifier: GPL-2.0-only
/* An array in chunks, which grows without moving its elements. */
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "vec.h"

#define CHUNK_BYTES 4096

static size_t chunk_bytes(const struct libshare_vec *vec)
{
	return vec->size << vec->shift;
}

/**
 * libshare_vec_init() - Make an empty array.
 * @vec: The array.
 * @size: Bytes of an element.
 *
 * Context: Any; allocates nothing.
 */
void libshare_vec_init(struct libshare_vec *vec, size_t size)
{
	memset(vec, 0, sizeof(*vec));
	vec->size = size;
	vec->shift = ilog2(CHUNK_BYTES / size);
}

/**
 * libshare_vec_free() - Free all elements.
 * @vec: The array; it is empty afterwards and can be used again.
 *
 * Context: Process context, may sleep.
 */
void libshare_vec_free(struct libshare_vec *vec)
{
	u64 i;

	for (i = 0; i < vec->room >> vec->shift; i++)
		kvfree(vec->chunk[i]);
	kvfree(vec->chunk);
	libshare_vec_init(vec, vec->size);
}

static int grow_table(struct libshare_vec *vec, size_t used)
{
	size_t room = vec->table_room ? vec->table_room * 2 : 16;
	void **table = kvcalloc(room, sizeof(*table), LIBSHARE_GFP);

	if (!table)
		return -ENOMEM;
	if (used)
		memcpy(table, vec->chunk, used * sizeof(*table));
	kvfree(vec->chunk);
	vec->chunk = table;
	vec->table_room = room;
	return 0;
}

/**
 * libshare_vec_reserve() - Make room for more elements.
 * @vec: The array.
 * @extra: How many libshare_vec_push() calls must find room.
 *
 * Context: Process context, may sleep; no spinlock may be held.
 * Return: 0, or -ENOMEM (what was in the array is untouched).
 */
int libshare_vec_reserve(struct libshare_vec *vec, u64 extra)
{
	while (!libshare_vec_has_room(vec, extra)) {
		size_t used = vec->room >> vec->shift;
		void *chunk;

		if (used == vec->table_room && grow_table(vec, used))
			return -ENOMEM;
		chunk = kvzalloc(chunk_bytes(vec), LIBSHARE_GFP);
		if (!chunk)
			return -ENOMEM;
		vec->chunk[used] = chunk;
		vec->room += 1ULL << vec->shift;
	}
	return 0;
}

/**
 * libshare_vec_bytes() - Memory that an array takes.
 * @vec: The array.
 *
 * Context: Any.
 * Return: Bytes of its chunks and of the table of them.
 */
size_t libshare_vec_bytes(const struct libshare_vec *vec)
{
	return (vec->room >> vec->shift) * chunk_bytes(vec) + vec->table_room * sizeof(void *);
}
