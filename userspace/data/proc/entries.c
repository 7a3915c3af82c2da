// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading /proc/PID/pagemap: neighbouring mappings in one read, and of large ones only
 * what PAGEMAP_SCAN (Linux 6.7) finds to be there.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/types.h>
#include <sys/ioctl.h>
#include <sys/param.h>
#include <unistd.h>

#include "data/alloc.h"
#include "data/proc/entries.h"
#include "data/proc/smaps.h"
#include "data/proc/vmas.h"

#define BATCH 65536		/* entries in a read */
#define GAP 16			/* entries between two mappings that are read with them */
#define LARGE 8192		/* entries of a mapping that is worth a look at what is there */
#define REGIONS 512

/* As in linux/fs.h, which may be older than the kernel that runs. */
struct region {
	__u64 start, end, categories;
};

struct scan {
	__u64 size, flags, start, end, walk_end, vec, vec_len, max_pages;
	__u64 category_inverted, category_mask, category_anyof_mask, return_mask;
};

#define SCAN _IOWR('f', 16, struct scan)
#define SCAN_PRESENT (1 << 3)
#define SCAN_SWAPPED (1 << 4)
#define SCAN_HUGE (1 << 6)

struct reader {
	struct proc_world *w;
	pid_t pid;
	int fd;
	uint64_t table_bytes;	/* that a page table maps */
	struct proc_smaps *smaps; /* read when it is needed first */
	uint64_t *entry;
};

static long scan_range(struct reader *r, uint64_t start, uint64_t end, uint64_t categories,
		       struct region *region, uint64_t *walked)
{
	struct scan scan = {
		.size = sizeof(scan), .start = start, .end = end,
		.vec = (uintptr_t)region, .vec_len = REGIONS, .category_anyof_mask = categories,
	};
	long nr = r->w->frames.scan ? ioctl(r->fd, SCAN, &scan) : -1;

	if (r->w->frames.scan < 0)
		r->w->frames.scan = nr >= 0 || (errno != ENOTTY && errno != EINVAL);
	*walked = nr < 0 ? end : scan.walk_end;
	return nr;
}

/* Add @nr neighbouring pages of the file; in neighbouring frames, if @pfn is not 0. */
static void add_file(struct proc_world *w, struct proc_mapping *m,
		     uint64_t index, uint64_t nr, uint64_t pfn, bool moving)
{
	struct proc_run *run = m->nr_runs ? &w->runs.at[w->runs.nr - 1] : NULL;

	if (run && run->first + run->count == index && run->moving == moving &&
	    run->count <= UINT32_MAX - nr && !run->pfn == !pfn &&
	    (!pfn || run->pfn + run->count == pfn)) {
		run->count += nr;
		return;
	}
	run = proc_push(w, &w->runs);
	*run = (struct proc_run){ index, pfn, nr, moving };
	m->nr_runs++;
}

static void add_copy(struct proc_world *w, struct proc_mapping *m,
		     uint64_t index, uint64_t entry)
{
	bool alone = entry & PM_EXCLUSIVE;
	uint64_t pfn = entry & PM_PFN;
	struct proc_copy *copy;

	m->nr_copies++;
	m->nr_alone += alone;
	if (!alone || proc_wants(w, PAGES)) {
		copy = proc_push(w, &w->copies);
		copy->index = index;
		copy->pfn = pfn;
		copy->alone = alone;
		m->nr_kept++;
	}
	if (w->frames.ksm == KSM_FLAGS)
		m->ksm += !!(proc_frame_flags(&w->frames, pfn) & KPF_KSM);
}

static void note_table(struct proc_world *w, struct proc_mapping *m, uint64_t table)
{
	if (m->nr_tables && w->tables.at[w->tables.nr - 1] == table)
		return;
	*proc_push(w, &w->tables) = table;
	m->nr_tables++;
}

static void add_odd(struct reader *r, struct proc_mapping *m, uint64_t index,
		    uint64_t entry)
{
	struct proc_world *w = r->w;

	if (entry & PM_PRESENT) {
		if (m->perms[3] == 's')
			add_file(w, m, index, 1, 0, false);
		else if (!w->frames.zero || (entry & PM_PFN) != w->frames.zero)
			add_copy(w, m, index, entry);
	} else if (entry & PM_FILE) {
		add_file(w, m, index, 1, 0, true);
	} else if ((entry & PM_TYPE) < SWAP_TYPES || !w->frames.known) {
		m->swap++;
	}
}

#define KIND (PM_PRESENT | PM_SWAP | PM_FILE)
#define IS_FILE (PM_PRESENT | PM_FILE)

/* How many entries from the first on are alike in these bits. */
static uint64_t alike(const uint64_t *entry, uint64_t nr, uint64_t bits)
{
	uint64_t value = *entry & bits, i = 1;

	/* Most entries are passed here: four at once. */
	while (i + 4 <= nr && !(((entry[i] ^ value) | (entry[i + 1] ^ value) |
				 (entry[i + 2] ^ value) | (entry[i + 3] ^ value)) & bits))
		i += 4;
	while (i < nr && (entry[i] & bits) == value)
		i++;
	return i;
}

/* The same for pages of the file, which also lie in neighbouring frames. */
static uint64_t neighbours(const uint64_t *entry, uint64_t nr)
{
	uint64_t i = 1;

	while (i < nr && (entry[i] & KIND) == IS_FILE &&
	       (entry[i] & PM_PFN) == (*entry & PM_PFN) + i)
		i++;
	return i;
}

/* Is it enough to know how many copies of this mapping are held by no other entry? */
static bool only_counts(const struct proc_world *w, const struct proc_mapping *m)
{
	return m->perms[3] != 's' && !proc_wants(w, PAGES) && w->frames.ksm != KSM_FLAGS;
}

/* The entries of a part of a mapping that lies in one page table. */
static void add_entries(struct reader *r, struct proc_mapping *m, uint64_t addr,
			const uint64_t *entry, uint64_t nr, bool huge)
{
	struct proc_world *w = r->w;
	uint64_t index = m->pgoff + (addr - m->start) / w->page_size, i, some;
	bool any = false, counts = only_counts(w, m);
	bool frames = w->frames.known && (proc_wants(w, PAGES) || w->files.at[m->file].frames);

	for (i = 0; i < nr; i += some) {
		uint64_t kind = entry[i] & KIND;

		some = 1;
		if (kind == IS_FILE) {
			some = frames ? neighbours(&entry[i], nr - i) :
					alike(&entry[i], nr - i, KIND);
			add_file(w, m, index + i, some, frames ? entry[i] & PM_PFN : 0,
				 false);
		} else if (counts && kind == PM_PRESENT && entry[i] & PM_EXCLUSIVE) {
			some = alike(&entry[i], nr - i, KIND | PM_EXCLUSIVE);
			m->nr_copies += some;
			m->nr_alone += some;
		} else if (kind & (PM_PRESENT | PM_SWAP)) {
			add_odd(r, m, index + i, entry[i]);
		} else {
			some = alike(&entry[i], nr - i, KIND);
			continue;
		}
		any = true;
	}
	if (any && !huge)
		note_table(w, m, addr / r->table_bytes);
}

/* Could one entry of the level above map all of this? */
static bool may_be_huge(const struct reader *r, const uint64_t *entry, uint64_t nr)
{
	const struct proc_frames *f = &r->w->frames;
	uint64_t whole = proc_table_pages(r->w), pfn = *entry & PM_PFN, i;

	if (nr != whole || !(*entry & PM_PRESENT) || (f->known && pfn % whole))
		return false;
	for (i = 1; i < nr; i++)
		if (!(entry[i] & PM_PRESENT) ||
		    (f->known && (entry[i] & PM_PFN) != pfn + i))
			return false;
	return true;
}

/*
 * Whether one entry maps a whole range, which has no page table then. smaps only tells
 * for how many ranges of the mapping that is so: see check_huge().
 */
static bool is_huge(struct reader *r, struct proc_mapping *m, uint64_t addr)
{
	struct region region[REGIONS];
	uint64_t walked;
	long nr = scan_range(r, addr, addr + r->table_bytes, SCAN_HUGE, region, &walked);

	if (nr >= 0)
		return nr;
	if (!r->smaps)
		r->smaps = proc_smaps_read(r->pid);
	m->nr_huge++;
	return proc_smaps_find(r->smaps, m->start)->pmd_mapped;
}

/* Some of the ranges are mapped by one entry, and some are not: which cannot be known. */
static void check_huge(const struct reader *r, struct proc_mapping *m)
{
	uint64_t huge = m->nr_huge ? proc_smaps_find(r->smaps, m->start)->pmd_mapped : 0;

	m->unknown_tables = huge && huge != m->nr_huge * r->table_bytes;
}

/* Before Linux 6.11, pagemap does not mark what a huge entry maps as a page of a file. */
static void mark_file(struct reader *r, uint64_t *entry, uint64_t nr)
{
	uint64_t flags = proc_frame_flags(&r->w->frames, *entry & PM_PFN), i;

	if (!(flags & KPF_THP) || flags & KPF_ANON)
		return;
	for (i = 0; i < nr; i++)
		entry[i] |= PM_FILE;
}

/* Entries of a mapping, which may lie in several page tables. */
static void take_entries(struct reader *r, struct proc_mapping *m, uint64_t addr,
			 uint64_t *entry, uint64_t nr)
{
	while (nr) {
		uint64_t end = (addr / r->table_bytes + 1) * r->table_bytes;
		uint64_t part = MIN(nr, (end - addr) / r->w->page_size);
		bool huge = may_be_huge(r, entry, part) && is_huge(r, m, addr);

		if (huge && !(*entry & PM_FILE))
			mark_file(r, entry, part);
		add_entries(r, m, addr, entry, part, huge);
		addr += part * r->w->page_size;
		entry += part;
		nr -= part;
	}
}

static void begin_rows(struct proc_world *w, struct proc_mapping *m)
{
	m->run = w->runs.nr;
	m->copy = w->copies.nr;
	m->table = w->tables.nr;
}

/*
 * Read a range, of mappings @first to @last of one process and of holes between them.
 * Where the process has no memory any more, nothing is there.
 */
static void read_range(struct reader *r, uint64_t first, uint64_t last, uint64_t start,
		       uint64_t end)
{
	struct proc_world *w = r->w;
	uint64_t at = start, to;
	ssize_t got;

	for (; at < end; at = to) {
		to = MIN(end, at / r->table_bytes * r->table_bytes + BATCH * w->page_size);
		got = pread(r->fd, r->entry, (to - at) / w->page_size * sizeof(*r->entry),
			    at / w->page_size * sizeof(*r->entry));
		if (got < (ssize_t)sizeof(*r->entry))
			return;
		to = at + got / sizeof(*r->entry) * w->page_size;
		w->ptes += got / sizeof(*r->entry);
		for (; first <= last; first++) {
			struct proc_mapping *m = &w->mappings.at[first];
			uint64_t low = MAX(m->start, at), high = MIN(m->end, to);

			if (m->start >= to)
				break;
			if (low == m->start)
				begin_rows(w, m);
			take_entries(r, m, low, r->entry + (low - at) / w->page_size,
				     (high - low) / w->page_size);
			if (m->end > to)
				break;
		}
	}
}

/* A large mapping: only what is there of it. */
static bool read_large(struct reader *r, uint64_t nr)
{
	struct proc_mapping *m = &r->w->mappings.at[nr];
	uint64_t at = m->start, walked;
	struct region region[REGIONS];
	long found, i;

	begin_rows(r->w, m);
	for (; at < m->end; at = walked) {
		found = scan_range(r, at, m->end, SCAN_PRESENT | SCAN_SWAPPED, region, &walked);
		if (found < 0)
			return at != m->start;
		for (i = 0; i < found; i++)
			read_range(r, nr, nr, region[i].start, region[i].end);
	}
	return true;
}

/* How many mappings from @first on, of @nr, to read at once: 0 for a large one. */
static uint64_t together(const struct proc_world *w, uint64_t first, uint64_t nr)
{
	const struct proc_mapping *m = &w->mappings.at[first];
	uint64_t i;

	for (i = 0; i < nr; i++) {
		if ((m[i].end - m[i].start) / w->page_size >= LARGE ||
		    (i && m[i].start - m[i - 1].end > GAP * w->page_size))
			break;
	}
	return i;
}

/**
 * proc_entries_read() - Read the entries of mappings of one process.
 * @w: The world, which has these mappings, with nothing known of their entries.
 * @first: The first of them.
 * @nr: How many; they come by ascending address.
 */
void proc_entries_read(struct proc_world *w, uint64_t first, uint64_t nr)
{
	uint64_t end = first + nr, i, some;
	struct reader r = { .w = w };

	if (!nr)
		return;
	r.table_bytes = proc_table_pages(w) * w->page_size;
	r.pid = w->processes.at[w->mappings.at[first].process].task;
	r.fd = proc_open(r.pid, "pagemap");
	if (r.fd < 0)
		return;
	if (!w->buffer)
		w->buffer = xrealloc(NULL, BATCH, sizeof(*w->buffer));
	r.entry = w->buffer;
	for (i = first; i < end; i += some) {
		const struct proc_mapping *m = &w->mappings.at[i];

		some = together(w, i, end - i);
		if (!some && read_large(&r, i)) {
			some = 1;
			continue;
		}
		some = some ?: 1;
		read_range(&r, i, i + some - 1, m->start, m[some - 1].end);
	}
	for (i = first; i < end && r.smaps; i++)
		check_huge(&r, &w->mappings.at[i]);
	close(r.fd);
	proc_smaps_free(r.smaps);
}
