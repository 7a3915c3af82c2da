// SPDX-License-Identifier: GPL-2.0-only
/* The rows of a snapshot, as the parser would make them of the module's tables. */
#include <inttypes.h>
#include <limits.h>

#include "data/alloc.h"
#include "data/order.h"
#include "data/text.h"
#include "data/proc/files.h"
#include "data/proc/tables.h"

/**
 * proc_keep() - A text as it stands in a table.
 * @snap: The snapshot, which keeps it.
 * @text: Any bytes.
 * @len: How many.
 *
 * Return: The text, escaped as the module does and safe to show; "-" if it would be
 *         longer than any that the module prints.
 */
const char *proc_keep(struct snapshot *snap, const char *text, size_t len)
{
	char *escaped = xrealloc(NULL, len + 1, 4), *out = escaped;
	size_t i, clean;
	char *copy;

	for (i = 0; i < len; i++) {
		if (text[i] == '\\')
			out = stpcpy(out, "\\134");
		else
			*out++ = text[i];
	}
	len = out - escaped;
	clean = text_clean(escaped, len, NULL);
	if (len > PATH_MAX) {
		free(escaped);
		return "-";
	}
	copy = snapshot_text(snap, clean + 1);
	text_clean(escaped, len, copy);
	copy[clean] = '\0';
	free(escaped);
	return copy;
}

static uint64_t bytes(const struct proc_world *w, uint64_t pages)
{
	return pages == UNKNOWN ? pages : pages * w->page_size;
}

static int by_file(const void *a, const void *b)
{
	const struct proc_executable *x = a, *y = b;

	return order(x->dev, y->dev) ?: order(x->ino, y->ino);
}

/* What the processes run, to be searched. */
static void collect_executables(struct proc_world *w)
{
	uint64_t i;

	for (i = 0; i < w->processes.nr; i++)
		if (w->processes.at[i].exe_ino)
			*proc_push(w, &w->executables) = (struct proc_executable){
				w->processes.at[i].exe_dev, w->processes.at[i].exe_ino };
	if (w->executables.nr)
		qsort(w->executables.at, w->executables.nr, sizeof(*w->executables.at), by_file);
}

static const char *kind_of(struct proc_world *w, const struct proc_library *lib)
{
	const struct proc_executable key = { lib->stat_dev, lib->stat_ino };

	if (!w->executables.nr)
		collect_executables(w);
	if (!lib->stat_ino || !w->executables.nr)
		return "-";
	return bsearch(&key, w->executables.at, w->executables.nr, sizeof(key), by_file) ? "exe" :
											   "lib";
}

static void library_row(struct proc_world *w, const struct library *id,
			const struct proc_file *f,
			const struct proc_library *lib,
			const struct proc_counts *c)
{
	static const char *const flags[] = { "-", "d", "o", "do" };
	struct library *row = snapshot_add(w->snap, LIBRARIES);

	*row = *id;
	row->kind = kind_of(w, lib);
	row->flags = flags[lib->unlinked + 2 * f->frames];
	row->procs = c->procs;
	row->maps = c->maps;
	row->size = lib->size;
	row->cached = bytes(w, c->cached);
	row->mapped = bytes(w, c->mapped);
	row->shared = bytes(w, c->shared);
	row->rss = bytes(w, c->rss);
	row->saved = bytes(w, c->rss - c->mapped);
	row->cow = bytes(w, c->cow);
	row->cow_unique = bytes(w, c->cow_unique);
	row->swap = bytes(w, c->swap);
	row->ksm = bytes(w, c->ksm);
	row->mapcount_max = c->mappings_max;
	row->pagetables = c->unknown_tables ? UNKNOWN : bytes(w, c->tables);
	row->buildid = lib->buildid ?: "-";
}

static const char *segment_of(const struct proc_mapping *m)
{
	if (m->perms[2] == 'x')
		return "text";
	if (m->perms[1] == 'w')
		return "data";
	if (m->perms[0] != 'r')
		return "none";
	return m->nr_copies || m->swap ? "relro" : "rodata";
}

static void mapping_row(struct proc_world *w, const struct library *id,
			const struct proc_row *counted)
{
	struct mapping *row = snapshot_add(w->snap, MAPPINGS);
	const struct proc_mapping *m = &w->mappings.at[counted->mapping];
	struct proc_process *p = &w->processes.at[m->process];
	bool frames = w->frames.known;

	row->pid = p->pid;
	row->lib = id->lib;
	row->dev = id->dev;
	row->ino = id->ino;
	row->path = id->path;
	row->start = m->start;
	row->end = m->end;
	row->offset = m->pgoff * w->page_size;
	row->perms = snapshot_keep(w->snap, m->perms);
	row->segment = segment_of(m);
	row->rss = bytes(w, counted->rss);
	row->shared = bytes(w, counted->shared);
	row->cow = bytes(w, m->nr_copies);
	row->cow_shared = bytes(w, counted->cow_shared);
	row->swap = bytes(w, m->swap);
	row->ksm = bytes(w, m->ksm);
	row->pss = frames ? proc_share_settle(&counted->pss) : m->pss;
}

/* Where frames are not known, other processes may map what those that were read map. */
static void add_smaps_pss(struct proc_world *w, const struct proc_row *counted)
{
	const struct proc_mapping *m = &w->mappings.at[counted->mapping];
	struct proc_process *p = &w->processes.at[m->process];

	if (m->pss == UNKNOWN)
		p->unknown_pss = true;
	else
		p->smaps_pss += m->pss;
}

struct page {
	uint64_t cached, sharers, mappings, copies, mapcount;
};

static struct page page_of(const struct proc_block *block, uint32_t nr, bool cached)
{
	return (struct page){
		cached ? block->cached[nr / 64] >> nr % 64 & 1 : UNKNOWN,
		block->sharers[nr], block->mappings[nr] - block->pages->moving[nr],
		block->pages->copies[nr], block->pages->mapcount[nr],
	};
}

/* The kernel's own figure for the pages whose frames are known. */
static void read_mapcounts(const struct proc_world *w, struct proc_block *block)
{
	uint64_t counts[PROC_BLOCK], flags[PROC_BLOCK];
	const uint64_t *pfn = block->pages->pfn;
	uint32_t i, nr, j;

	memset(block->pages->mapcount, 0xff, sizeof(block->pages->mapcount));
	for (i = 0; i < PROC_BLOCK; i += nr) {
		for (nr = 1; pfn[i] && i + nr < PROC_BLOCK && pfn[i + nr] == pfn[i] + nr;
		     nr++)
			;
		if (!pfn[i] || !proc_frame_counts(&w->frames, pfn[i], nr, counts, flags))
			continue;
		for (j = 0; j < nr; j++)
			if (w->frames.exact_counts || !(flags[j] & KPF_LARGE))
				block->pages->mapcount[i + j] = counts[j];
	}
}

static void page_rows(struct proc_world *w, const struct library *id,
		      const struct proc_counts *c, bool cached)
{
	struct run *run = NULL;
	struct page last = { 0 };
	uint64_t index;
	size_t i;

	for (i = 0; i < c->nr_blocks; i++) {
		read_mapcounts(w, c->block[i]);
		for (index = 0; index < PROC_BLOCK; index++) {
			uint64_t at = c->block[i]->number * PROC_BLOCK + index;
			struct page page = page_of(c->block[i], index, cached ||
						   c->block[i]->sharers[index]);

			if (!page.sharers && !page.copies && page.cached != 1)
				continue;
			if (run && run->first + run->count == at &&
			    !memcmp(&page, &last, sizeof(page))) {
				run->count++;
				continue;
			}
			run = snapshot_add(w->snap, PAGES);
			*run = (struct run){
				id->lib, id->dev, id->ino, at, 1, page.cached, page.sharers,
				page.mappings, page.copies, page.mapcount, id->path };
			last = page;
		}
	}
}

static int by_number(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void bar(struct proc_world *w, const struct library *id, uint64_t sharers,
		uint64_t pages)
{
	struct bar *row = snapshot_add(w->snap, HISTOGRAM);

	*row = (struct bar){ id->lib, id->dev, id->ino, sharers, pages, id->path };
}

static void histogram_rows(struct proc_world *w, const struct library *id,
			   const struct proc_counts *c, bool cached)
{
	uint32_t *sharers = xrealloc(NULL, c->mapped, sizeof(*sharers)), j;
	uint64_t nr = 0, idle = 0, i, next;

	for (i = 0; i < c->nr_blocks; i++) {
		for (j = 0; j < PROC_BLOCK; j++) {
			if (c->block[i]->sharers[j])
				sharers[nr++] = c->block[i]->sharers[j];
			else
				idle += c->block[i]->cached[j / 64] >> j % 64 & 1;
		}
	}
	qsort(sharers, nr, sizeof(*sharers), by_number);
	if (!cached)
		bar(w, id, 0, UNKNOWN);
	else if (idle)
		bar(w, id, 0, idle);
	for (i = 0; i < nr; i = next) {
		for (next = i; next < nr && sharers[next] == sharers[i]; next++)
			;
		bar(w, id, sharers[i], next - i);
	}
	free(sharers);
}

/**
 * proc_library_rows() - Add the rows of a library.
 * @w: The world; its snapshot gets them.
 * @file: The library's file.
 * @lib: What is known of the file itself.
 * @c: What was counted.
 */
void proc_library_rows(struct proc_world *w, uint32_t file,
		       const struct proc_library *lib,
		       struct proc_counts *c)
{
	const struct proc_file *f = &w->files.at[file];
	struct library id = { .lib = w->snap->table[LIBRARIES].nr + 1 };
	bool cached = lib->cache.pages != UNKNOWN &&
		      (lib->cache.nr || !lib->cache.pages);
	char dev[32];
	size_t i;

	snprintf(dev, sizeof(dev), "%" PRIu64 ":%" PRIu64, f->dev >> 32, f->dev & UINT32_MAX);
	id.dev = snapshot_keep(w->snap, dev);
	id.ino = f->ino;
	id.path = lib->path;
	library_row(w, &id, f, lib, c);
	for (i = 0; i < c->nr_rows; i++) {
		if (proc_wants(w, MAPPINGS))
			mapping_row(w, &id, &c->row[i]);
		add_smaps_pss(w, &c->row[i]);
	}
	if (proc_wants(w, PAGES))
		page_rows(w, &id, c, cached);
	if (proc_wants(w, HISTOGRAM))
		histogram_rows(w, &id, c, cached);
}

/* A page table counts once for a process, however many libraries lie in it. */
static void add_tables(struct proc_world *w)
{
	uint64_t i, j;

	for (i = 0; i < w->mappings.nr; i++) {
		const struct proc_mapping *m = &w->mappings.at[i];
		struct proc_process *p = &w->processes.at[m->process];

		if (!w->files.at[m->file].library)
			continue;
		p->unknown_tables |= m->unknown_tables;
		for (j = 0; j < m->nr_tables; j++) {
			p->tables += w->tables.at[m->table + j] != p->seen_table;
			p->seen_table = w->tables.at[m->table + j];
		}
	}
}

/**
 * proc_process_rows() - Add the rows of all processes.
 * @w: The world, whose libraries were counted.
 */
void proc_process_rows(struct proc_world *w)
{
	uint64_t i;

	add_tables(w);
	for (i = 0; i < w->processes.nr; i++) {
		const struct proc_process *p = &w->processes.at[i];
		struct process *row;

		if (!p->libs)
			continue;
		row = snapshot_add(w->snap, PROCESSES);
		row->pid = p->pid;
		row->uid = p->uid;
		row->libs = p->libs;
		row->maps = p->maps;
		row->rss = bytes(w, p->rss);
		row->pss = w->frames.known ? proc_share_settle(&p->pss) :
			   p->unknown_pss ? UNKNOWN : p->smaps_pss;
		row->private = p->unknown_private ? UNKNOWN : bytes(w, p->private);
		row->cow = bytes(w, p->cow);
		row->swap = bytes(w, p->swap);
		row->pagetables = p->unknown_tables ? UNKNOWN : bytes(w, p->tables);
		row->cgroup = p->cgroup;
		row->comm = p->comm;
	}
}
