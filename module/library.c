// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is read of a library's file itself: its name, size, build ID and page cache.
 * The file is held from when it is found until all of it has been read.
 */
#include <linux/bitops.h>
#include <linux/dcache.h>
#include <linux/file.h>
#include <linux/slab.h>

#include "buildid.h"
#include "library.h"
#include "text.h"

/*
 * d_path() marks what is unlinked with a word after the name, for which the tables have
 * a flag. Names made up by a file system of the kernel's own, a memfd's for instance,
 * have that word always.
 */
static int read_name(struct libshare_snapshot *snap, struct libshare_library *lib, char *buf)
{
	static const char mark[] = " (deleted)";
	const struct path *path = file_user_path(lib->file);
	const struct dentry *dentry = path->dentry;
	char *name = d_path(path, buf, LIBSHARE_LIBRARY_PATH_BYTES);
	bool shortened = false;
	size_t len;

	if (IS_ERR(name)) {
		name = buf;
		strscpy(buf, "-", LIBSHARE_LIBRARY_PATH_BYTES);
	}
	len = strlen(name);
	if (d_unlinked(dentry) || (dentry->d_op && dentry->d_op->d_dname)) {
		lib->unlinked = true;
		if (len >= sizeof(mark) - 1 && !strcmp(name + len - (sizeof(mark) - 1), mark))
			name[len - (sizeof(mark) - 1)] = '\0';
	}
	lib->path = libshare_text_escape(&snap->memory, name, &shortened);
	lib->shortened = shortened;
	return lib->path ? 0 : -ENOMEM;
}

static int read_buildid(struct libshare_snapshot *snap, struct libshare_library *lib)
{
	u8 id[LIBSHARE_BUILDID_MAX];
	size_t len = libshare_buildid_find(libshare_pagecache_copy, lib->file->f_mapping, id);

	if (!len)
		return 0;
	lib->buildid = libshare_memory_alloc(&snap->memory, len);
	if (!lib->buildid)
		return -ENOMEM;
	memcpy(lib->buildid, id, len);
	lib->buildid_len = len;
	return 0;
}

/* Note what is cached of 64 pages. */
static int note_resident(struct libshare_snapshot *snap, struct libshare_library *lib,
			 const struct libshare_resident *res, u64 *cached_by_node)
{
	struct libshare_block *block;
	u64 word = res->cached;

	block = libshare_pages_make(&lib->pages, res->block_nr, &snap->memory);
	if (!block)
		return -ENOMEM;
	block->cached = word;
	for (; word; word &= word - 1)
		cached_by_node[res->nid[__ffs64(word)]]++;
	if (res->charges && libshare_charges_keep(res->charges, snap, lib, block))
		return -ENOMEM;
	if (!res->want_mapcount)
		return 0;
	if (libshare_pages_make_counts(&block->mapcount, &snap->memory))
		return -ENOMEM;
	memcpy(block->mapcount->of, res->mapcount, sizeof(res->mapcount));
	return 0;
}

static int read_page_cache(struct libshare_snapshot *snap, struct libshare_library *lib,
			   u64 *cached_by_node, struct libshare_charges *charges)
{
	struct libshare_resident res = {
		.want_mapcount = snap->want & LIBSHARE_WANT_PAGES,
		.charges = charges,
	};
	unsigned long index = 0;
	int err = 0;

	while (!err && libshare_pagecache_next(lib->file->f_mapping, &index, &res)) {
		if (charges && charges->missing) {
			/* Then read the same block again. */
			err = libshare_charges_add_missing(charges);
			continue;
		}
		if (res.cached)
			err = note_resident(snap, lib, &res, cached_by_node);
		if (!err)
			err = libshare_pause();
		if (!index)
			break;
	}
	return err;
}

/**
 * libshare_library_read() - Read a library's file, and drop it.
 * @snap: The snapshot of the scan.
 * @lib: The library; all its mappings were counted.
 * @buf: LIBSHARE_LIBRARY_PATH_BYTES to work in.
 * @cached_by_node: For each NUMA node the pages cached there, added to.
 * @charges: Where charges are noted; NULL if they are not wanted.
 *
 * The path is the reader's: as seen from its root.
 *
 * Context: May sleep.
 * Return: 0, -ENOMEM, or -EINTR if the reader was killed.
 */
int libshare_library_read(struct libshare_snapshot *snap, struct libshare_library *lib, char *buf,
			  u64 *cached_by_node, struct libshare_charges *charges)
{
	int err = read_name(snap, lib, buf);

	lib->size = i_size_read(lib->file->f_mapping->host);
	if (!err)
		err = read_buildid(snap, lib);
	if (!err)
		err = read_page_cache(snap, lib, cached_by_node, charges);
	fput(lib->file);
	lib->file = NULL;
	return err;
}
