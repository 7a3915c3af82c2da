// SPDX-License-Identifier: GPL-2.0-only
/* The tables of pages: runs of pages that are alike, and how many have how many sharers. */
#include <linux/sched.h>
#include <linux/seq_file.h>

#include "snapshot.h"
#include "tables.h"

/* pages */

static void pages_head(struct seq_file *m, struct libshare_snapshot *snap)
{
	libshare_table_head(m, snap, "pages",
			    "lib\tdev\tino\tfirst\tcount\tcached\tsharers\tmappings\tcopies\t"
			    "mapcount\tpath\n");
}

static bool page_is_like(const struct libshare_page *a, const struct libshare_page *b)
{
	return a->cached == b->cached && a->sharers == b->sharers &&
	       a->mappings == b->mappings && a->copies == b->copies &&
	       a->mapcount == b->mapcount;
}

/* Is nothing known of this page? */
static bool page_is_empty(const struct libshare_page *page)
{
	return !page->cached && !page->sharers && !page->copies;
}

/* Continue a run with the pages of a block, as far as they are alike: true at its end. */
static bool extend_run(const struct libshare_block *block, u64 nr, struct libshare_cursor *at)
{
	u64 index = max(at->next, nr << LIBSHARE_BLOCK_SHIFT);
	struct libshare_page page;

	for (; index >> LIBSHARE_BLOCK_SHIFT == nr; index++) {
		libshare_block_page(block, index % LIBSHARE_BLOCK_PAGES, &page);
		if (at->count && (index != at->next || !page_is_like(&page, &at->page)))
			return true;
		if (!at->count && page_is_empty(&page))
			continue;
		if (!at->count) {
			at->first = index;
			at->page = page;
		}
		at->count++;
		at->next = index + 1;
	}
	return false;
}

/*
 * Continue from page @at->next of library @at->row: find a page of which anything is
 * known, then how far its like goes.
 */
static bool find_run(struct libshare_library *lib, struct libshare_cursor *at)
{
	u64 nr = at->next >> LIBSHARE_BLOCK_SHIFT;
	struct libshare_block *block;

	at->count = 0;
	for (; (block = libshare_pages_next(&lib->pages, &nr)); nr++) {
		cond_resched();
		if (extend_run(block, nr, at))
			return true;
	}
	return at->count;
}

static bool pages_next(struct libshare_snapshot *snap, struct libshare_cursor *at)
{
	for (; at->row < snap->libraries.nr; at->row++) {
		if (find_run(libshare_library_at(snap, at->row), at))
			return true;
		at->next = 0;
	}
	return false;
}

static void pages_row(struct seq_file *m, struct libshare_snapshot *snap,
		      const struct libshare_cursor *at)
{
	const struct libshare_library *lib = libshare_library_at(snap, at->row);

	libshare_table_identity(m, lib);
	seq_put_decimal_ull(m, "\t", at->first);
	seq_put_decimal_ull(m, "\t", at->count);
	seq_put_decimal_ull(m, "\t", at->page.cached);
	seq_put_decimal_ull(m, "\t", at->page.sharers);
	seq_put_decimal_ull(m, "\t", at->page.mappings);
	seq_put_decimal_ull(m, "\t", at->page.copies);
	if (!at->page.cached || at->page.mapcount == LIBSHARE_MAPCOUNT_UNKNOWN)
		seq_puts(m, "\t-");
	else
		seq_put_decimal_ull(m, "\t", at->page.mapcount);
	libshare_table_path(m, lib);
}

const struct libshare_table libshare_table_pages = {
	.want = LIBSHARE_WANT_PAGES,
	.head = pages_head,
	.next = pages_next,
	.row = pages_row,
};

/* histogram */

static void histogram_head(struct seq_file *m, struct libshare_snapshot *snap)
{
	libshare_table_head(m, snap, "histogram", "lib\tdev\tino\tsharers\tpages\tpath\n");
}

static bool histogram_next(struct libshare_snapshot *snap, struct libshare_cursor *at)
{
	at->row = at->next++;
	return at->row < snap->sharings.nr;
}

static void histogram_row(struct seq_file *m, struct libshare_snapshot *snap,
			  const struct libshare_cursor *at)
{
	const struct libshare_sharing *sharing = libshare_rows_at(&snap->sharings, at->row);
	const struct libshare_library *lib = libshare_library_at(snap, sharing->library);

	libshare_table_identity(m, lib);
	seq_put_decimal_ull(m, "\t", sharing->sharers);
	seq_put_decimal_ull(m, "\t", sharing->pages);
	libshare_table_path(m, lib);
}

const struct libshare_table libshare_table_histogram = {
	.want = LIBSHARE_WANT_PAGES,
	.head = histogram_head,
	.next = histogram_next,
	.row = histogram_row,
};
