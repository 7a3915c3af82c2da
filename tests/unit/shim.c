// SPDX-License-Identifier: GPL-2.0-only
#include "shim.h"

long kernel_fail_after = -1;

void *kernel_alloc(size_t size)
{
	if (!kernel_fail_after)
		return NULL;
	if (kernel_fail_after > 0)
		kernel_fail_after--;
	return calloc(1, size);
}

struct kmem_cache *kmem_cache_create(const char *name, size_t size, size_t align, int flags,
				     void *ctor)
{
	struct kmem_cache *cache = kernel_alloc(sizeof(*cache));

	if (cache)
		cache->size = size;
	return cache;
}

ssize_t strscpy(char *to, const char *from, size_t size)
{
	snprintf(to, size, "%s", from);
	return strlen(to);
}

static size_t xa_position(struct xarray *xa, unsigned long index)
{
	size_t i = 0;

	while (i < xa->nr && xa->slot[i].index < index)
		i++;
	return i;
}

void *xa_load(struct xarray *xa, unsigned long index)
{
	size_t i = xa_position(xa, index);

	return i < xa->nr && xa->slot[i].index == index ? xa->slot[i].entry : NULL;
}

void *xa_store(struct xarray *xa, unsigned long index, void *entry, int gfp)
{
	size_t i = xa_position(xa, index);
	struct xa_slot *slot = kernel_alloc((xa->nr + 1) * sizeof(*slot));

	if (!slot)
		return (void *)-1L;
	if (i)
		memcpy(slot, xa->slot, i * sizeof(*slot));
	if (i < xa->nr)
		memcpy(slot + i + 1, xa->slot + i, (xa->nr - i) * sizeof(*slot));
	slot[i] = (struct xa_slot) { index, entry };
	free(xa->slot);
	xa->slot = slot;
	xa->nr++;
	return NULL;
}

void *xa_step(struct xa_walk *walk)
{
	struct xa_slot *slot = &walk->xa->slot[walk->next];

	if (walk->next++ >= walk->xa->nr)
		return NULL;
	*walk->index = slot->index;
	return slot->entry;
}

void xa_destroy(struct xarray *xa)
{
	free(xa->slot);
	xa_init(xa);
}
