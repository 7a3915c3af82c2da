/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * As much of the kernel as the module's arithmetic needs, in user space.
 * Allocations can be made to fail, one at a time.
 */
#ifndef LIBSHARE_UNIT_KERNEL_H
#define LIBSHARE_UNIT_KERNEL_H

/* This is the one kernel that the module runs on here. */
#define LIBSHARE_COMPAT_H

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
#define __GFP_NORETRY 0
#define __GFP_NOWARN 0
#define SLAB_ACCOUNT 0
#ifndef PATH_MAX
#define PATH_MAX 4096
#endif
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
void kernel_free(void *p);

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
#define kfree(p) kernel_free((void *)(p))
#define kvfree kfree

struct kmem_cache {
	size_t size;
};

struct rhash_head {
	struct rhash_head *next;
};

/* Allocations know their size, so that a budget must come out even. */
size_t ksize(const void *p);
#define is_vmalloc_addr(p) ((void)(p), false)
#define PAGE_ALIGN(n) (((n) + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1))
#define kmem_cache_size(cache) ((cache)->size)
#define totalram_pages() (1UL << 20)
#define WARN_ON_ONCE(cond) do { if (cond) abort(); } while (0)
#define READ_ONCE(x) (x)
#define WRITE_ONCE(x, v) ((x) = (v))
#define SZ_1M (1UL << 20)
#define pr_err(...) printf("# " __VA_ARGS__)
#define pr_warn(...) printf("# " __VA_ARGS__)

/* A parameter of the module, set by its own function. */
struct kernel_param {
	int unused;
};

struct kernel_param_ops {
	int (*set)(const char *text, const struct kernel_param *kp);
	void *get;
};

#define param_get_ulong NULL
#define module_param_cb(name, ops, arg, mode)				\
	static inline void *kernel_param_##name##_of(int want)		\
	{								\
		return want == (mode) ? (arg) : NULL;			\
	}								\
	const struct kernel_param_ops *kernel_param_##name = ops
#define MODULE_PARM_DESC(name, text) \
	extern const char kernel_param_##name##_text[sizeof(text)]
extern const struct kernel_param_ops *kernel_param_memory_max;
unsigned long long memparse(const char *text, char **end);

/* A generic radix tree, in nodes that do not move. */
#define GENRADIX_NODE_SIZE 512

struct genradix {
	void **node;
	size_t nr;
};

#define GENRADIX(_type) struct { struct genradix nodes; _type type[0]; }
void *genradix_find(struct genradix *tree, size_t per_node, size_t size, size_t i, bool make);
void genradix_clear(struct genradix *tree);
#define genradix_per_node(tree) (GENRADIX_NODE_SIZE / sizeof((tree)->type[0]))
#define genradix_ptr(tree, i) \
	((typeof((tree)->type[0]) *)genradix_find(&(tree)->nodes, genradix_per_node(tree), \
						  sizeof((tree)->type[0]), i, false))
#define genradix_ptr_alloc(tree, i, gfp) \
	((typeof((tree)->type[0]) *)genradix_find(&(tree)->nodes, genradix_per_node(tree), \
						  sizeof((tree)->type[0]), i, true | (gfp)))
#define genradix_free(tree) genradix_clear(&(tree)->nodes)

struct kmem_cache *kmem_cache_create(const char *name, size_t size, size_t align, int flags,
				     void *ctor);
#define kmem_cache_destroy(cache) kernel_free(cache)

static inline void *kmem_cache_zalloc(struct kmem_cache *cache, int gfp)
{
	return kernel_alloc(cache->size);
}

static inline void kmem_cache_free(struct kmem_cache *cache, void *p)
{
	kernel_free(p);
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
#define xa_for_each_start(xa, i, e, start) \
	for (struct xa_walk _walk = { xa, &(i), xa_position(xa, start) }; ((e) = xa_step(&_walk)); )
size_t xa_position(struct xarray *xa, unsigned long index);

#define fput(file) ((void)(file))

#endif
