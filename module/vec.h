/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_VEC_H
#define LIBSHARE_VEC_H

#include <linux/gfp.h>
#include <linux/types.h>

/*
 * Memory of a scan is charged to the reader, and its want never wakes the OOM
 * killer: an open that finds no memory fails with ENOMEM.
 */
#define LIBSHARE_GFP (GFP_KERNEL_ACCOUNT | __GFP_RETRY_MAYFAIL | __GFP_NOWARN)

/*
 * An array that grows by whole chunks: elements never move, so pointers to
 * them stay good while it grows, and growing copies nothing but the table of
 * chunks. Elements are zeroed when they are appended.
 */
struct libshare_vec {
	size_t size;		/* of an element, in bytes */
	unsigned int shift;	/* log2 of the elements in a chunk */
	u64 nr;			/* elements in use */
	u64 room;		/* elements that the chunks can take */
	size_t table_room;	/* chunks that the table can take */
	void **chunk;
};

void libshare_vec_init(struct libshare_vec *vec, size_t size);
void libshare_vec_free(struct libshare_vec *vec);
int libshare_vec_reserve(struct libshare_vec *vec, u64 extra);
size_t libshare_vec_bytes(const struct libshare_vec *vec);

/* Can so many elements be appended without libshare_vec_reserve()? */
static inline bool libshare_vec_has_room(const struct libshare_vec *vec, u64 extra)
{
	return vec->room - vec->nr >= extra;
}

/* The element at index @i, which must be in use. */
static inline void *libshare_vec_at(const struct libshare_vec *vec, u64 i)
{
	return vec->chunk[i >> vec->shift] + (i & ((1UL << vec->shift) - 1)) * vec->size;
}

/* Append an element, for which room must have been reserved; it is zeroed. */
static inline void *libshare_vec_push(struct libshare_vec *vec)
{
	return libshare_vec_at(vec, vec->nr++);
}

#endif
