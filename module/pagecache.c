// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which pages of a file are in the page cache, the kernel's own count of their
 * mappings, and which control group they are charged to. Only this file reads a page
 * cache.
 *
 * Like filemap_cachestat() in mm/filemap.c, counting takes no reference on what
 * it finds. The struct pages are read all the same, as /proc/kpagecount reads
 * those of any page frame; what was read is believed only if the page cache
 * still has the folio afterwards. A page is held only while bytes are copied out
 * of it, or while the pointer in it to its control group is followed.
 */
#include <linux/mm.h>
#include <linux/page-flags.h>
#include <linux/pagemap.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/uaccess.h>
#include <linux/xarray.h>

#include "compat.h"
#include "library.h"

/*
 * Note the charge of some pages of a folio, of which @charge was read before. What was
 * said by the folio of the pages before holds for all that say the same. false: the
 * folio went away, or its control group is missing.
 */
static bool read_charge(struct xa_state *xas, struct folio *folio,
			struct libshare_charges *charges, unsigned long charge, u64 pages)
{
	bool found;

	if (charge != charges->last) {
		/*
		 * In a page that was freed, and is used for something else, there is no
		 * telling what stands in the place of the pointer.
		 */
		if (!folio_try_get(folio))
			return false;
		found = xas_reload(xas) == folio && libshare_charges_find(charges, folio);
		folio_put(folio);
		if (!found)
			return false;
	}
	libshare_charges_note(charges, pages);
	return true;
}

/* false: the folio went away while it was read, or its control group is missing. */
static bool read_entry(struct xa_state *xas, struct folio *folio, struct libshare_resident *res)
{
	unsigned long charge = res->charges ? libshare_compat_charge(folio) : 0;
	unsigned long nr = 1UL << xas_get_order(xas), first = round_down(xas->xa_index, nr);
	unsigned long block_first = res->block_nr << LIBSHARE_BLOCK_SHIFT;
	unsigned long begin = max(first, block_first);
	unsigned long last = min(first + nr - 1, block_first + LIBSHARE_BLOCK_PAGES - 1);
	unsigned long i;
	u64 pages;

	for (i = begin; i <= last; i++) {
		struct page *page = libshare_compat_entry_page(folio, first, i);

		res->nid[i - block_first] = page_to_nid(page);
		if (res->want_mapcount)
			res->mapcount[i - block_first] = libshare_compat_mapcount(folio, page);
	}
	/*
	 * Only now is it known that this was the folio of these indices. A folio that was
	 * split keeps the first of them, but no more than that.
	 */
	smp_rmb();
	if (xas_reload(xas) != folio || 1UL << xas_get_order(xas) != nr)
		return false;
	pages = GENMASK_ULL(last - block_first, begin - block_first);
	/* A folio that has just replaced smaller ones may reach back to pages that were read. */
	if (res->charges && !read_charge(xas, folio, res->charges, charge, pages & ~res->cached))
		return false;
	res->cached |= pages;
	return true;
}

/**
 * libshare_pagecache_next() - Read which of the next 64 pages of a file are cached.
 * @mapping: The file's page cache; the caller holds the file.
 * @index: Where to start; moves behind what was read, to 0 behind the last index.
 * @res: What is cached, of the first block of 64 pages that has anything.
 *
 * Pages of a large folio that lie behind the end of the file count, as they
 * do for cachestat(2). A swapped-out page of tmpfs and the trace of an evicted page
 * are values, not pages; behind many of them it stops with nothing cached. So it does,
 * without moving on, if a page is charged to a control group that is missing.
 *
 * Takes a bounded time, pins nothing, reads nothing from disk.
 *
 * Return: true, or false if nothing else is cached.
 */
bool libshare_pagecache_next(struct address_space *mapping, unsigned long *index,
			     struct libshare_resident *res)
{
	XA_STATE(xas, &mapping->i_pages, *index);
	unsigned long last = ULONG_MAX;
	unsigned int seen = 0;
	struct folio *folio;

	res->cached = 0;
	rcu_read_lock();
	if (res->charges)
		libshare_charges_begin_block(res->charges);
	xas_for_each(&xas, folio, last) {
		if (xas_retry(&xas, folio))
			continue;
		if (xa_is_value(folio)) {
			if (++seen < 1024 || res->cached)
				continue;
			*index = xas.xa_index + 1;
			rcu_read_unlock();
			return true;
		}
		if (!res->cached) {
			res->block_nr = xas.xa_index >> LIBSHARE_BLOCK_SHIFT;
			last = ((res->block_nr + 1) << LIBSHARE_BLOCK_SHIFT) - 1;
		}
		if (!read_entry(&xas, folio, res)) {
			if (res->charges && res->charges->missing) {
				res->cached = 0;
				break;
			}
			xas_reset(&xas);
			if (!res->cached)
				last = ULONG_MAX;
		}
	}
	rcu_read_unlock();
	if (!res->cached)
		return res->charges && res->charges->missing;
	*index = (res->block_nr + 1) << LIBSHARE_BLOCK_SHIFT;
	return true;
}

/* What lies in one page; false when it is not there, or must not be touched. */
static bool copy_from_page(struct address_space *mapping, u64 offset, void *buf, size_t len)
{
	struct page *page = find_get_page(mapping, offset >> PAGE_SHIFT);
	bool ok = false;

	if (!page)
		return false;
	/* Reading a poisoned page would be the end of the machine. */
	if (PageUptodate(page) && !PageHWPoison(page))
		ok = !copy_from_kernel_nofault(buf, page_address(page) + offset_in_page(offset),
					       len);
	put_page(page);
	return ok;
}

/**
 * libshare_pagecache_copy() - Copy bytes of a file, if they are cached.
 * @file: The file's page cache, a struct address_space; the caller holds it.
 * @offset: Where in the file.
 * @buf: Where to.
 * @len: How many bytes.
 *
 * Nothing is read from disk, and no page is marked as used. What the kernel
 * itself has no mapping of (memfd_secret(2)) is left alone.
 *
 * Return: true if all of it was copied.
 */
bool libshare_pagecache_copy(void *file, u64 offset, void *buf, size_t len)
{
	struct address_space *mapping = file;

	if (mapping->host->i_sb->s_magic == SECRETMEM_MAGIC || offset + len < offset ||
	    offset + len > i_size_read(mapping->host))
		return false;
	while (len) {
		size_t part = min_t(size_t, len, PAGE_SIZE - offset_in_page(offset));

		if (!copy_from_page(mapping, offset, buf, part))
			return false;
		offset += part;
		buf += part;
		len -= part;
	}
	return true;
}
