// SPDX-License-Identifier: GPL-2.0-only
#include "shim.h"

long kernel_fail_after = -1;

void *kernel_alloc(size_t size)
{
	if (!kernel_fail_after)
		return NULL;
	if (kernel_fail_after > 0)
		kernel_fail_after--;
	size_t *p = calloc(1, sizeof(*p) * 2 + size);

	*p = size;
	return p + 2;
}

void kernel_free(void *p)
{
	free(p ? (size_t *)p - 2 : NULL);
}

size_t ksize(const void *p)
{
	return ((const size_t *)p)[-2];
}

unsigned long long memparse(const char *text, char **end)
{
	unsigned long long value = strtoull(text, end, 0);

	if (**end != 'M')
		return value;
	++*end;
	return value << 20;
}

void *genradix_find(struct genradix *tree, size_t per_node, size_t size, size_t i, bool make)
{
	size_t node = i / per_node;

	if (node >= tree->nr) {
		void **grown, *new;

		if (!make)
			return NULL;
		new = kernel_alloc(GENRADIX_NODE_SIZE);
		if (!new)
			return NULL;
		grown = realloc(tree->node, ++tree->nr * sizeof(*grown));
		grown[node] = new;
		tree->node = grown;
	}
	return (char *)tree->node[node] + i % per_node * size;
}

void genradix_clear(struct genradix *tree)
{
	while (tree->nr)
		kernel_free(tree->node[--tree->nr]);
	free(tree->node);
	tree->node = NULL;
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

size_t xa_position(struct xarray *xa, unsigned long index)
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
	kernel_free(xa->slot);
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
	kernel_free(xa->slot);
	xa_init(xa);
}
