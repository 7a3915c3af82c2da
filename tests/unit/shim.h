/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * As much of the kernel as the module's arithmetic needs, in user space.
 * Allocations can be made to fail, one at a time.
 */
#ifndef LIBSHARE_UNIT_KERNEL_H
#define LIBSHARE_UNIT_KERNEL_H

#include <elf.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
/* As in the kernel, %llu prints it. */
typedef unsigned long long u64;
#define u128 unsigned __int128

#define U32_MAX UINT32_MAX
#define U64_MAX UINT64_MAX
#define BIT(n) (1UL << (n))
#define BIT_ULL(n) (1ULL << (n))
#define PAGE_SHIFT 12
#define PAGE_SIZE (1UL << PAGE_SHIFT)
#define PTRS_PER_PTE 512
#define TASK_COMM_LEN 16
#define GFP_KERNEL 0
#define GFP_KERNEL_ACCOUNT 0
#define __GFP_RETRY_MAYFAIL 0
#define __GFP_NOWARN 0
#define SLAB_ACCOUNT 0
#define fallthrough __attribute__((fallthrough))
#define container_of(p, type, member) ((type *)((char *)(p) - offsetof(type, member)))

#define max(a, b) ({ typeof(a) _a = (a); typeof(b) _b = (b); _a > _b ? _a : _b; })
#define min(a, b) ({ typeof(a) _a = (a); typeof(b) _b = (b); _a < _b ? _a : _b; })
#define hweight64(w) __builtin_popcountll(w)
#define __ffs64(w) __builtin_ctzll(w)
#define ilog2(n) (63 - __builtin_clzll(n))
#define cond_resched() do { } while (0)
#define current NULL

static inline bool fatal_signal_pending(void *task)
{
	return false;
}

#define GOLDEN_RATIO_64 0x61c8864680b583ebULL

static inline u32 hash_64(u64 v, unsigned int bits)
{
	return (v * GOLDEN_RATIO_64) >> (64 - bits);
}

static inline u32 get_random_u32(void)
{
	return 1;
}

static inline u32 jhash(const void *key, u32 len, u32 seed)
{
	const u8 *p = key;

	while (len--)
		seed = (seed ^ *p++) * 0x01000193;
	return seed * 0x9e3779b1;
}

static inline u64 div_u64(u64 n, u32 d)
{
	return n / d;
}

static inline u64 div_u64_rem(u64 n, u32 d, u32 *rest)
{
	*rest = n % d;
	return n / d;
}

ssize_t strscpy(char *to, const char *from, size_t size);

/* The allocation that fails: 0 is the next one; negative: none does. */
extern long kernel_fail_after;
void *kernel_alloc(size_t size);

static inline void *kmalloc(size_t size, int gfp)
{
	return kernel_alloc(size);
}

static inline void *kvcalloc(size_t n, size_t size, int gfp)
{
	return kernel_alloc(n * size);
}

#define kzalloc kmalloc
#define kvmalloc kmalloc
#define kvzalloc kmalloc
#define kfree(p) free((void *)(p))
#define kvfree(p) free((void *)(p))

struct kmem_cache {
	size_t size;
};

struct kmem_cache *kmem_cache_create(const char *name, size_t size, size_t align, int flags,
				     void *ctor);
#define kmem_cache_destroy(cache) free(cache)

static inline void *kmem_cache_zalloc(struct kmem_cache *cache, int gfp)
{
	return kernel_alloc(cache->size);
}

static inline void kmem_cache_free(struct kmem_cache *cache, void *p)
{
	free(p);
}

/* An xarray as a sorted array. */
struct xa_slot {
	unsigned long index;
	void *entry;
};

struct xarray {
	struct xa_slot *slot;
	size_t nr;
};

#define xa_init(xa) ((void)(*(xa) = (struct xarray) { NULL, 0 }))
void *xa_load(struct xarray *xa, unsigned long index);
void *xa_store(struct xarray *xa, unsigned long index, void *entry, int gfp);
void xa_destroy(struct xarray *xa);
#define xa_err(entry) ((entry) == (void *)-1L ? -ENOMEM : 0)
struct xa_walk {
	struct xarray *xa;
	unsigned long *index;
	size_t next;
};

void *xa_step(struct xa_walk *walk);
#define xa_for_each(xa, i, e) \
	for (struct xa_walk _walk = { xa, &(i), 0 }; ((e) = xa_step(&_walk)); )

struct kref {
	int count;
};

static inline void kref_init(struct kref *ref)
{
	ref->count = 1;
}

static inline void kref_get(struct kref *ref)
{
	ref->count++;
}

static inline void kref_put(struct kref *ref, void (*release)(struct kref *ref))
{
	if (!--ref->count)
		release(ref);
}

#define mmdrop(mm) ((void)(mm))
#define fput(file) ((void)(file))

#endif
