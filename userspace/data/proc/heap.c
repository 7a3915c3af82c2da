// SPDX-License-Identifier: GPL-2.0-only
/*
 * The anonymous memory of processes outside of libraries, which the module leaves alone:
 * what of it is shared with relatives since a fork, and what is not. smaps says how much
 * there is, pagemap which pages only this process maps.
 */
#include <inttypes.h>
#include <sys/param.h>
#include <unistd.h>

#include "data/alloc.h"
#include "data/order.h"
#include "data/proc/frames.h"
#include "data/proc/heap.h"
#include "data/proc/vmas.h"

#define BATCH 4096		/* entries of pagemap in a read */
#define MOST (1ull << 24)	/* entries that are read of a mapping */
#define KPF_ZERO (1ull << 24)

/* Anonymous memory in a mapping that is of no library. */
struct area {
	uint64_t start, end, bytes;
};

struct heap_reader {
	struct proc_frames frames;
	uint64_t page_size;
	struct area *area;
	size_t areas, areas_room;
	uint64_t *frame;	/* of shared pages of the process at hand */
	size_t nr, room;
	char *text;
	size_t size;
};

/* A mapping of a library; all of them, sorted. */
struct start {
	uint64_t pid, address;
};

static int by_start(const void *a, const void *b)
{
	const struct start *x = a, *y = b;

	return order(x->pid, y->pid) ?: order(x->address, y->address);
}

static void add_area(struct heap_reader *r, uint64_t start, uint64_t end)
{
	if (r->areas == r->areas_room) {
		r->areas_room = r->areas_room ? 2 * r->areas_room : 64;
		r->area = xrealloc(r->area, r->areas_room, sizeof(*r->area));
	}
	r->area[r->areas++] = (struct area){ start, end, 0 };
}

/* Whether there is a process; its areas are those that are private and of no library. */
static bool read_smaps(struct heap_reader *r, struct heap *heap, const struct start *start,
		       size_t starts)
{
	int fd = proc_open(heap->pid, "smaps");
	char *rest, *line;
	bool wanted = false;

	if (fd < 0)
		return false;
	r->areas = 0;
	rest = proc_read(fd, &r->text, &r->size) > 0 ? r->text : NULL;
	close(fd);
	if (!rest)
		return false;
	while ((line = strsep(&rest, "\n")) && *line) {
		struct start key = { .pid = heap->pid };
		uint64_t end, kib;
		char perms[5];

		if (*line < 'A' || *line > 'Z') {
			wanted = sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s", &key.address, &end,
					perms) == 3 && perms[3] == 'p' &&
				 (!starts || !bsearch(&key, start, starts, sizeof(key), by_start));
			if (wanted)
				add_area(r, key.address, end);
		} else if (wanted && sscanf(line, "Anonymous: %" SCNu64, &kib) == 1) {
			r->area[r->areas - 1].bytes = kib * 1024;
			heap->heap += kib * 1024;
		} else if (wanted && sscanf(line, "Swap: %" SCNu64, &kib) == 1) {
			heap->swap += kib * 1024;
		}
	}
	return true;
}

static void add_frame(struct heap_reader *r, uint64_t pfn)
{
	if (pfn == r->frames.zero || proc_frame_flags(&r->frames, pfn) & KPF_ZERO)
		return;
	if (r->nr == r->room) {
		r->room = r->room ? 2 * r->room : 1024;
		r->frame = xrealloc(r->frame, r->room, sizeof(*r->frame));
	}
	r->frame[r->nr++] = pfn;
}

/*
 * Bytes of an area that only this process maps; frames of the others are noted. The rest
 * of a sparse area is not read once all of its pages are found.
 */
static uint64_t read_area(struct heap_reader *r, int pagemap, const struct area *area)
{
	uint64_t entry[BATCH], first = area->start / r->page_size;
	uint64_t nr = (area->end - area->start) / r->page_size, at, i, left, alone = 0;

	left = area->bytes / r->page_size;
	for (at = 0; at < nr && left; at += BATCH) {
		ssize_t bytes = MIN(nr - at, (uint64_t)BATCH) * sizeof(*entry);

		if (at >= MOST)
			return UNKNOWN;
		bytes = pread(pagemap, entry, bytes, (first + at) * sizeof(*entry));
		if (bytes <= 0)
			return alone * r->page_size;
		for (i = 0; i < bytes / sizeof(*entry) && left; i++) {
			if (!(entry[i] & PM_PRESENT) || entry[i] & PM_FILE)
				continue;
			if (entry[i] & PM_EXCLUSIVE) {
				alone++;
				left--;
			} else if (entry[i] & PM_PFN) {
				size_t before = r->nr;

				add_frame(r, entry[i] & PM_PFN);
				left -= r->nr > before;
			}
		}
	}
	return alone * r->page_size;
}

/* Each frame once, kept with the snapshot. */
static void keep_frames(struct heap_reader *r, struct snapshot *snap, struct heap *heap)
{
	uint64_t *kept;
	size_t i, nr = 0;

	if (!r->nr)
		return;
	qsort(r->frame, r->nr, sizeof(*r->frame), order_numbers);
	for (i = 0; i < r->nr; i++)
		if (!i || r->frame[i] != r->frame[i - 1])
			r->frame[nr++] = r->frame[i];
	kept = (void *)snapshot_text(snap, nr * sizeof(*kept));
	memcpy(kept, r->frame, nr * sizeof(*kept));
	heap->frame = kept;
	heap->frames = nr;
}

static void read_process(struct heap_reader *r, struct snapshot *snap,
			 const struct process *proc, const struct start *start, size_t starts)
{
	struct heap heap = { .pid = proc->pid, .uid = proc->uid, .cgroup = proc->cgroup,
			     .comm = proc->comm };
	int pagemap;
	size_t i;

	if (!read_smaps(r, &heap, start, starts))
		return;
	pagemap = proc_open(proc->pid, "pagemap");
	r->nr = 0;
	heap.alone = pagemap < 0 ? UNKNOWN : 0;
	for (i = 0; i < r->areas && heap.alone != UNKNOWN; i++) {
		uint64_t alone = r->area[i].bytes ? read_area(r, pagemap, &r->area[i]) : 0;

		/* Pages may have come since smaps was read. */
		heap.alone = alone == UNKNOWN ? UNKNOWN :
			     heap.alone + MIN(alone, r->area[i].bytes);
	}
	if (pagemap >= 0)
		close(pagemap);
	heap.shared = heap.alone == UNKNOWN ? UNKNOWN : heap.heap - heap.alone;
	heap.known = r->frames.known && heap.alone != UNKNOWN;
	if (heap.known)
		keep_frames(r, snap, &heap);
	*(struct heap *)snapshot_add(snap, HEAPS) = heap;
	if (snap->bytes > memory_max)
		errx(2, "shared heaps take more than %" PRIu64 " MiB of memory: allow more with --memory-max",
		     memory_max >> 20);
}

/**
 * proc_heap_add() - Read the heaps of the processes of this machine.
 * @snap: A snapshot of this machine with processes and mappings, just taken.
 */
void proc_heap_add(struct snapshot *snap)
{
	struct start *start = xcalloc(snap->table[MAPPINGS].nr, sizeof(*start));
	struct heap_reader r = { .page_size = snap->page_size };
	const struct process *proc;
	const struct mapping *map;
	size_t starts = 0;

	if (snap->has & HAS(HEAPS)) {
		free(start);
		return;
	}
	snap->has |= HAS(HEAPS);
	for_each(map, snap, MAPPINGS)
		start[starts++] = (struct start){ map->pid, map->start };
	if (starts)
		qsort(start, starts, sizeof(*start), by_start);
	proc_frames_begin(&r.frames);
	for_each(proc, snap, PROCESSES)
		read_process(&r, snap, proc, start, starts);
	proc_frames_end(&r.frames);
	free(start);
	free(r.area);
	free(r.frame);
	free(r.text);
}
