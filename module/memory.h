/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_MEMORY_H
#define LIBSHARE_MEMORY_H

#include <linux/generic-radix-tree.h>
#include <linux/gfp.h>
#include <linux/types.h>

#include "compat.h"

struct kmem_cache;

/*
 * Memory of a scan is charged to the reader's cgroup. An allocation gives up early
 * instead of squeezing the machine, and never triggers the OOM killer.
 */
#define LIBSHARE_GFP (GFP_KERNEL_ACCOUNT | __GFP_NORETRY | __GFP_NOWARN)

/* What a scan holds, in bytes as the slabs have it, and the most that it may. */
struct libshare_memory {
	u64 used;
	u64 max;
};

void libshare_memory_init(struct libshare_memory *memory);
int libshare_memory_charge(struct libshare_memory *memory, size_t bytes);
void libshare_memory_uncharge(struct libshare_memory *memory, size_t bytes);
void *libshare_memory_alloc(struct libshare_memory *memory, size_t size);
void libshare_memory_free(struct libshare_memory *memory, const void *p, size_t size);
void *libshare_memory_cache_alloc(struct libshare_memory *memory, struct kmem_cache *cache);
void libshare_memory_cache_free(struct libshare_memory *memory, struct kmem_cache *cache,
				void *p);

/*
 * Rows: an array that grows without moving its elements. Room is made while no lock
 * is held; then rows are added under locks without allocating. A new row is zeroed.
 */
#define LIBSHARE_ROWS(name, row_type) struct {		\
	GENRADIX(row_type) tree;			\
	u64 nr;						\
	u64 room;					\
	void *last;		/* the row added last */ \
} name

#define libshare_rows_per_node(rows) \
	(GENRADIX_NODE_SIZE / sizeof((rows)->tree.type[0]))

/* A node of rows, with its part of the node above it. */
#define LIBSHARE_ROWS_NODE_BYTES (GENRADIX_NODE_SIZE + sizeof(void *))

/* Can so many rows be added without libshare_rows_reserve()? */
#define libshare_rows_have_room(rows, extra) ({						\
	typeof(rows) _room_rows = (rows);						\
											\
	_room_rows->room - _room_rows->nr >= (extra);					\
})

/* Make room for so many more rows: 0 or -ENOMEM. */
#define libshare_rows_reserve(rows, extra, memory) ({					\
	typeof(rows) _rows = (rows);							\
	struct libshare_memory *_memory = (memory);					\
	u64 _extra = (extra);								\
	int _err = 0;									\
											\
	while (!_err && !libshare_rows_have_room(_rows, _extra)) {			\
		_err = libshare_memory_charge(_memory, LIBSHARE_ROWS_NODE_BYTES);	\
		if (_err)								\
			break;								\
		if (genradix_ptr_alloc(&_rows->tree, _rows->room, LIBSHARE_GFP)) {	\
			_rows->room += libshare_rows_per_node(_rows);			\
		} else {								\
			libshare_memory_uncharge(_memory, LIBSHARE_ROWS_NODE_BYTES);	\
			_err = -ENOMEM;							\
		}									\
	}										\
	_err;										\
})

/* The row at index @i, which must be in use. */
#define libshare_rows_at(rows, i) genradix_ptr(&(rows)->tree, i)

/* The row at index @i, behind @row, which is that at i - 1 or NULL: neighbours are near. */
#define libshare_rows_next(rows, i, row) ({						\
	typeof(rows) _next_rows = (rows);						\
	typeof(_next_rows->tree.type[0]) *_row = (row);					\
	u64 _i = (i);									\
											\
	_row && _i % libshare_rows_per_node(_next_rows) ? _row + 1 :			\
		libshare_rows_at(_next_rows, _i);					\
})

/* Add a row, for which there must be room. */
#define libshare_rows_add(rows) ({							\
	typeof(rows) _rows = (rows);							\
	typeof(_rows->tree.type[0]) *_new;						\
											\
	_new = libshare_rows_next(_rows, _rows->nr, _rows->last);			\
	_rows->last = _new;								\
	_rows->nr++;									\
	_new;										\
})

#define libshare_rows_free(rows, memory) do {						\
	typeof(rows) _rows = (rows);							\
											\
	genradix_free(&_rows->tree);							\
	libshare_memory_uncharge(memory, _rows->room / libshare_rows_per_node(_rows) *	\
				 LIBSHARE_ROWS_NODE_BYTES);				\
	_rows->nr = 0;									\
	_rows->room = 0;								\
	_rows->last = NULL;								\
} while (0)

#endif
