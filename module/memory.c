// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory budget of a scan. Everything that grows with what other users map is
 * allocated here, so that no user can make a reader take the machine's memory.
 */
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "memory.h"

#define MEMORY_MAX_LEAST SZ_1M

static unsigned long memory_max;
static bool told;	/* the log has the advice since the parameter was set */

static int set_memory_max(const char *text, const struct kernel_param *kp)
{
	char *end;
	u64 bytes = memparse(text, &end);

	if (end == text || (*end && *end != '\n') || (bytes && bytes < MEMORY_MAX_LEAST)) {
		pr_err("libshare: memory_max must be a size of at least 1M, or 0 for a sixteenth of RAM\n");
		return -EINVAL;
	}
	WRITE_ONCE(memory_max, bytes);
	WRITE_ONCE(told, false);
	return 0;
}

static const struct kernel_param_ops memory_max_ops = {
	.set = set_memory_max,
	.get = param_get_ulong,
};

module_param_cb(memory_max, &memory_max_ops, &memory_max, 0644);
MODULE_PARM_DESC(memory_max, "Most memory that a scan may use, in bytes (0: a sixteenth of RAM)");

/**
 * libshare_memory_init() - Start with nothing allocated.
 * @memory: The budget of a scan.
 */
void libshare_memory_init(struct libshare_memory *memory)
{
	memory->used = 0;
	memory->max = READ_ONCE(memory_max) ?: (u64)totalram_pages() * PAGE_SIZE / 16;
}

/**
 * libshare_memory_charge() - Take bytes from the budget.
 * @memory: The budget.
 * @bytes: How many.
 *
 * Return: 0, or -ENOMEM if the scan has used its budget up.
 */
int libshare_memory_charge(struct libshare_memory *memory, size_t bytes)
{
	if (memory->used + bytes <= memory->max) {
		memory->used += bytes;
		return 0;
	}
	if (!READ_ONCE(told)) {
		WRITE_ONCE(told, true);
		pr_warn("libshare: a scan needs more than memory_max (%llu bytes) and failed; raise /sys/module/libshare/parameters/memory_max\n",
			memory->max);
	}
	return -ENOMEM;
}

/**
 * libshare_memory_uncharge() - Return bytes to the budget.
 * @memory: The budget.
 * @bytes: How many.
 */
void libshare_memory_uncharge(struct libshare_memory *memory, size_t bytes)
{
	memory->used -= bytes;
}

/* What an allocation of @size bytes really takes. */
static size_t real_size(const void *p, size_t size)
{
	return is_vmalloc_addr(p) ? PAGE_ALIGN(size) : ksize(p);
}

/**
 * libshare_memory_alloc() - Allocate zeroed memory within the budget.
 * @memory: The budget.
 * @size: Bytes.
 *
 * Context: May sleep.
 * Return: The memory, for libshare_memory_free(), or NULL.
 */
void *libshare_memory_alloc(struct libshare_memory *memory, size_t size)
{
	void *p;

	if (memory->used + size > memory->max) {
		libshare_memory_charge(memory, size);	/* fails, and says so */
		return NULL;
	}
	p = kvzalloc(size, LIBSHARE_GFP);
	if (p && libshare_memory_charge(memory, real_size(p, size))) {
		kvfree(p);
		p = NULL;
	}
	return p;
}

/**
 * libshare_memory_free() - Free memory of libshare_memory_alloc().
 * @memory: The budget that it was charged to.
 * @p: The memory, or NULL.
 * @size: The bytes that were asked for.
 *
 * Context: May sleep.
 */
void libshare_memory_free(struct libshare_memory *memory, const void *p, size_t size)
{
	if (!p)
		return;
	libshare_memory_uncharge(memory, real_size(p, size));
	kvfree(p);
}

/**
 * libshare_memory_cache_alloc() - Allocate a zeroed object within the budget.
 * @memory: The budget.
 * @cache: Cache of such objects.
 *
 * Context: May sleep.
 * Return: The object, for libshare_memory_cache_free(), or NULL.
 */
void *libshare_memory_cache_alloc(struct libshare_memory *memory, struct kmem_cache *cache)
{
	size_t size = kmem_cache_size(cache);
	void *p;

	if (libshare_memory_charge(memory, size))
		return NULL;
	p = kmem_cache_zalloc(cache, LIBSHARE_GFP);
	if (!p)
		libshare_memory_uncharge(memory, size);
	return p;
}

/**
 * libshare_memory_cache_free() - Free an object of libshare_memory_cache_alloc().
 * @memory: The budget that it was charged to.
 * @cache: Its cache.
 * @p: The object.
 */
void libshare_memory_cache_free(struct libshare_memory *memory, struct kmem_cache *cache, void *p)
{
	libshare_memory_uncharge(memory, kmem_cache_size(cache));
	kmem_cache_free(cache, p);
}
