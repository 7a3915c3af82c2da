// SPDX-License-Identifier: GPL-2.0-only
/* The result of one scan: made once, then shared and never written again. */
#include <linux/file.h>
#include <linux/slab.h>

#include "snapshot.h"
#include "tally.h"

/**
 * libshare_snapshot_new() - Make an empty snapshot.
 * @want: LIBSHARE_WANT_* of its readers.
 *
 * Context: Process context, may sleep.
 * Return: The snapshot with one reference, or NULL when there is no memory.
 */
struct libshare_snapshot *libshare_snapshot_new(unsigned int want)
{
	struct libshare_snapshot *snap = kzalloc(sizeof(*snap), LIBSHARE_GFP);

	if (!snap)
		return NULL;
	kref_init(&snap->ref);
	snap->want = want;
	snap->reader = current;
	libshare_vec_init(&snap->libraries, sizeof(struct libshare_library));
	libshare_vec_init(&snap->processes, sizeof(struct libshare_process));
	libshare_vec_init(&snap->mappings, sizeof(struct libshare_mapping));
	libshare_vec_init(&snap->sharings, sizeof(struct libshare_sharing));
	libshare_vec_init(&snap->strings, sizeof(char *));
	libshare_vec_init(&snap->cached, sizeof(struct libshare_bits));
	libshare_vec_init(&snap->bits, sizeof(struct libshare_bits));
	libshare_vec_init(&snap->copies, sizeof(struct libshare_copy));
	libshare_vec_init(&snap->migrating, sizeof(struct libshare_copy));
	return snap;
}

static void free_scratch(struct libshare_snapshot *snap)
{
	u64 i;

	for (i = 0; i < snap->libraries.nr; i++)
		libshare_tally_free(libshare_library_at(snap, i));
	libshare_vec_free(&snap->cached);
	libshare_vec_free(&snap->bits);
	libshare_vec_free(&snap->copies);
	libshare_vec_free(&snap->migrating);
}

static void snapshot_free(struct kref *ref)
{
	struct libshare_snapshot *snap = container_of(ref, struct libshare_snapshot, ref);
	u64 i;

	/* A scan that failed half-way still holds files. */
	for (i = 0; i < snap->libraries.nr; i++) {
		struct libshare_library *lib = libshare_library_at(snap, i);

		if (lib->file)
			fput(lib->file);
		kfree(lib->path);
		libshare_pages_free(&lib->pages);
	}
	for (i = 0; i < snap->strings.nr; i++)
		kfree(*(char **)libshare_vec_at(&snap->strings, i));
	free_scratch(snap);
	libshare_vec_free(&snap->libraries);
	libshare_vec_free(&snap->processes);
	libshare_vec_free(&snap->mappings);
	libshare_vec_free(&snap->sharings);
	libshare_vec_free(&snap->strings);
	kfree(snap);
}

/**
 * libshare_snapshot_get() - Take a reference.
 * @snap: A snapshot that the caller knows to be alive.
 *
 * Context: Any.
 */
void libshare_snapshot_get(struct libshare_snapshot *snap)
{
	kref_get(&snap->ref);
}

/**
 * libshare_snapshot_put() - Drop a reference; the last one frees.
 * @snap: The snapshot.
 *
 * Context: Process context, may sleep.
 */
void libshare_snapshot_put(struct libshare_snapshot *snap)
{
	kref_put(&snap->ref, snapshot_free);
}

/**
 * libshare_snapshot_trim() - Free what no reader of a finished snapshot needs.
 * @snap: A snapshot whose numbers are complete.
 *
 * What is kept is counted in cost.memory_bytes.
 *
 * Context: Process context, may sleep; before anyone else sees @snap.
 */
void libshare_snapshot_trim(struct libshare_snapshot *snap)
{
	size_t bytes = sizeof(*snap);
	u64 i;

	free_scratch(snap);
	snap->reader = NULL;
	if (!(snap->want & LIBSHARE_WANT_ROWS)) {
		libshare_vec_free(&snap->mappings);
		libshare_vec_free(&snap->processes);
	}
	for (i = 0; i < snap->libraries.nr; i++) {
		struct libshare_library *lib = libshare_library_at(snap, i);

		if (!(snap->want & LIBSHARE_WANT_PAGES))
			libshare_pages_free(&lib->pages);
		bytes += libshare_pages_bytes(&lib->pages);
		bytes += strlen(lib->path) + 1;
	}
	for (i = 0; i < snap->strings.nr; i++)
		bytes += strlen(*(char **)libshare_vec_at(&snap->strings, i)) + 1;
	bytes += libshare_vec_bytes(&snap->libraries);
	bytes += libshare_vec_bytes(&snap->processes);
	bytes += libshare_vec_bytes(&snap->mappings);
	bytes += libshare_vec_bytes(&snap->sharings);
	bytes += libshare_vec_bytes(&snap->strings);
	snap->cost.memory_bytes = bytes;
}
