// SPDX-License-Identifier: GPL-2.0-only
/* The result of one scan: made once, then read and never written again. */
#include <linux/file.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "snapshot.h"

static struct kmem_cache *library_cache;

/**
 * libshare_snapshot_setup() - Create the caches; once, at module load.
 *
 * Return: 0 or -ENOMEM.
 */
int libshare_snapshot_setup(void)
{
	library_cache = kmem_cache_create("libshare_library", sizeof(struct libshare_library), 0,
					  SLAB_ACCOUNT, NULL);
	return library_cache ? 0 : -ENOMEM;
}

/**
 * libshare_snapshot_teardown() - Undo libshare_snapshot_setup(). No snapshot exists.
 */
void libshare_snapshot_teardown(void)
{
	kmem_cache_destroy(library_cache);
}

/**
 * libshare_snapshot_new() - Make an empty snapshot.
 * @want: LIBSHARE_WANT_* of its reader.
 *
 * Return: The snapshot, for libshare_snapshot_free(), or NULL if there is no memory.
 */
struct libshare_snapshot *libshare_snapshot_new(unsigned int want)
{
	struct libshare_snapshot *snap = kzalloc(sizeof(*snap), LIBSHARE_GFP);

	if (!snap)
		return NULL;
	snap->want = want;
	libshare_memory_init(&snap->memory);
	if (libshare_memory_charge(&snap->memory, ksize(snap))) {
		kfree(snap);
		return NULL;
	}
	return snap;
}

/**
 * libshare_snapshot_add_library() - Add a library of which nothing is known.
 * @snap: The snapshot of the scan.
 *
 * Context: May sleep.
 * Return: The library, or NULL if there is no memory.
 */
struct libshare_library *libshare_snapshot_add_library(struct libshare_snapshot *snap)
{
	struct libshare_library *lib;

	if (libshare_rows_reserve(&snap->libraries, 1, &snap->memory))
		return NULL;
	lib = libshare_memory_cache_alloc(&snap->memory, library_cache);
	if (!lib)
		return NULL;
	lib->number = snap->libraries.nr;
	libshare_pages_init(&lib->pages);
	*libshare_rows_add(&snap->libraries) = lib;
	return lib;
}

static void free_scratch(struct libshare_snapshot *snap)
{
	libshare_rows_free(&snap->words, &snap->memory);
	libshare_rows_free(&snap->copies, &snap->memory);
	libshare_rows_free(&snap->moving, &snap->memory);
	libshare_rows_free(&snap->charges, &snap->memory);
}

static void free_text(struct libshare_snapshot *snap, const char *text)
{
	if (text)
		libshare_memory_free(&snap->memory, text, strlen(text) + 1);
}

static void free_library(struct libshare_snapshot *snap, struct libshare_library *lib)
{
	/* A scan that failed half-way still holds the file. */
	if (lib->file)
		fput(lib->file);
	free_text(snap, lib->path);
	libshare_memory_free(&snap->memory, lib->buildid, lib->buildid_len);
	libshare_pages_free(&lib->pages, &snap->memory);
	libshare_memory_cache_free(&snap->memory, library_cache, lib);
}

/**
 * libshare_snapshot_trim() - Free what no reader of a finished snapshot needs.
 * @snap: A snapshot whose numbers are complete; what is left is its memory_bytes.
 *
 * Context: May sleep.
 */
void libshare_snapshot_trim(struct libshare_snapshot *snap)
{
	u64 i;

	free_scratch(snap);
	if (!(snap->want & LIBSHARE_WANT_ROWS)) {
		libshare_rows_free(&snap->mappings, &snap->memory);
		libshare_rows_free(&snap->processes, &snap->memory);
	}
	for (i = 0; i < snap->libraries.nr && !(snap->want & LIBSHARE_WANT_PAGES); i++) {
		libshare_pages_free(&libshare_library_at(snap, i)->pages, &snap->memory);
		cond_resched();
	}
	snap->cost.memory_bytes = snap->memory.used;
}

/**
 * libshare_snapshot_free() - Free a snapshot, finished or not.
 * @snap: The snapshot; its processes are unpinned.
 *
 * Context: May sleep.
 */
void libshare_snapshot_free(struct libshare_snapshot *snap)
{
	u64 i;

	for (i = 0; i < snap->libraries.nr; i++) {
		free_library(snap, libshare_library_at(snap, i));
		cond_resched();
	}
	for (i = 0; i < snap->cgroups.nr; i++)
		free_text(snap, libshare_rows_at(&snap->cgroups, i)->path);
	free_scratch(snap);
	libshare_rows_free(&snap->libraries, &snap->memory);
	libshare_rows_free(&snap->processes, &snap->memory);
	libshare_rows_free(&snap->mappings, &snap->memory);
	libshare_rows_free(&snap->sharings, &snap->memory);
	libshare_rows_free(&snap->cgroups, &snap->memory);
	libshare_rows_free(&snap->uses, &snap->memory);
	libshare_memory_uncharge(&snap->memory, ksize(snap));
	WARN_ON_ONCE(snap->memory.used);
	kfree(snap);
}
