// SPDX-License-Identifier: GPL-2.0-only
/*
 * A scan for the libraries alone: one pass over all processes, and two ways to
 * count a library's file pages.
 *
 * The short way takes them from the kernel's own mapcount of each cached page.
 * It is taken only where that is sure to be what the page tables say:
 *
 *	- the kernel counts the mappings of each page, and the page is not about
 *	  to be another one (locked, broken): pagecache.c;
 *	- no process maps a page of the file twice, and no entry that was read is
 *	  under migration: tally.c;
 *	- the file is mapped by the VMAs that the scan has seen and by no others,
 *	  in processes that were skipped, ended or began meanwhile, or that no
 *	  task has any more: mappers.c.
 *
 * Otherwise, and with the parameter always_walk, the page tables are read. What
 * mapcounts cannot tell (copies, swap, page tables) is read from page tables
 * always, but copies only where a VMA has an anon_vma, without which there are
 * none.
 *
 * The file of a VMA is a library once an executable VMA of it was met. Those
 * that came before, most often one in the same process, are put off until then.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "compat.h"
#include "finish.h"
#include "library.h"
#include "mappers.h"
#include "pagewalk.h"
#include "process.h"
#include "survey.h"
#include "tally.h"
#include "visit.h"
#include "vmas.h"

static bool always_walk;
module_param(always_walk, bool, 0644);
MODULE_PARM_DESC(always_walk,
		 "Read the page tables even where mapcounts would tell the same (N)");

/* A VMA of a file that is not known to be a library: the ring's next is 1 + index. */
struct put_off {
	u64 start;
	u32 process;
	u32 next;
};

/* The library that a page cache is, which its library holds until it has been read. */
struct met {
	const struct address_space *mapping;
	struct libshare_library *lib;
};

#define MET_BITS 5

struct survey {
	struct libshare_snapshot *snap;
	struct libshare_library_index *index;	/* of snap->libraries */
	struct libshare_library_index *others;	/* of files that are none so far */
	struct libshare_vec files;		/* struct libshare_library: those */
	struct libshare_vec put_off;		/* their VMAs */
	struct libshare_leaf *leaf;
	struct libshare_tally_at at;
	struct met met[1 << MET_BITS];		/* some of those met, to find them faster */
	u64 done;				/* of at's process, read up to this address */
	bool walk;				/* do not even try the short way */
};

/* Is this what is left of the VMA that was in hand when the lock was let go? */
static bool goes_on(const struct survey *s, const struct libshare_vmas *walk, u32 process,
		    const struct libshare_library *lib)
{
	return walk->addr > walk->vma->vm_start && s->at.lib == lib && s->at.process == process &&
	       s->at.start == walk->vma->vm_start && s->at.first == walk->vma->vm_pgoff;
}

static inline void begin_vma(struct survey *s, struct libshare_vmas *walk, u32 process,
			     struct libshare_library *lib)
{
	struct vm_area_struct *vma = walk->vma;

	walk->addr = max(walk->addr, vma->vm_start);
	lib->mappers += libshare_mappers_key(vma);
	if (vma->vm_flags & VM_EXEC) {
		unsigned long start_code = READ_ONCE(walk->mm->start_code);

		lib->exe |= vma->vm_start <= start_code && start_code < vma->vm_end;
	}
	s->at.lib = lib;
	s->at.process = process;
	s->at.start = vma->vm_start;
	s->at.first = vma->vm_pgoff;
	libshare_tally_vma(s->snap, &s->at, vma_pages(vma), READ_ONCE(vma->anon_vma));
}

/* Is there anything of the VMA in the next page table? If it is not known yet. */
static void look_for_table(struct libshare_vmas *walk, struct libshare_library *lib)
{
	u64 table = walk->addr >> PMD_SHIFT;

	if (lib->seen_table == table)
		walk->addr = pmd_addr_end(walk->addr, walk->vma->vm_end);
	else if (libshare_pagewalk_any(walk))
		libshare_tally_table(lib, table);
}

/* Account what was read; the lock may be gone afterwards. */
static int account(struct survey *s, struct libshare_vmas *walk, struct libshare_library *lib)
{
	if (!libshare_tally_leaf(s->snap, &s->at, s->leaf))
		return 0;
	libshare_vmas_unlock(walk);
	if (libshare_tally_make_room(s->snap, lib, s->leaf) ||
	    libshare_tally_leaf(s->snap, &s->at, s->leaf))
		return -ENOMEM;
	return 0;
}

static int survey_vma(struct survey *s, struct libshare_vmas *walk, u32 process,
		      struct libshare_library *lib)
{
	unsigned long end = walk->vma->vm_end;
	int err = 0;

	if (!goes_on(s, walk, process, lib)) {
		begin_vma(s, walk, process, lib);
		walk->cost->vmas++;
	}
	while (walk->addr < end && walk->vma && !err) {
		if (!lib->walked && !READ_ONCE(walk->vma->anon_vma))
			look_for_table(walk, lib);
		else if (libshare_pagewalk_next(walk, s->leaf))
			err = account(s, walk, lib);
		if (walk->vma && walk->addr < end && libshare_vmas_should_yield(walk))
			libshare_vmas_unlock(walk);
	}
	s->done = walk->addr;
	return err;
}

/* What of an address range was read already: a VMA may have grown over another one. */
static u64 behind_done(const struct survey *s, u64 addr, u32 process,
		       const struct libshare_library *lib)
{
	return s->at.lib == lib && s->at.process == process ? max(addr, s->done) : addr;
}

/* Survey a VMA that had been put off, unless it has gone meanwhile. */
static int survey_put_off(struct survey *s, const struct put_off *late,
			  struct libshare_library *lib)
{
	struct libshare_process *proc = libshare_process_at(s->snap, late->process);
	struct libshare_vmas walk;
	int err;

	if (proc->skipped)
		return 0;
	err = libshare_vmas_begin(&walk, proc->mm, &s->snap->cost);
	if (err)
		return libshare_process_skip(s->snap, proc, err);
	walk.addr = behind_done(s, late->start, late->process, lib);
	while ((err = libshare_vmas_next(&walk)) > 0) {
		if (walk.vma->vm_start > late->start || !libshare_library_can_be(walk.vma) ||
		    libshare_library_find(s->index, walk.vma) != lib)
			break;
		err = survey_vma(s, &walk, late->process, lib);
		if (err || walk.vma)
			break;
	}
	libshare_vmas_end(&walk);
	return libshare_process_skip(s->snap, proc, min(err, 0));
}

/* The file of the VMA in hand is a library: what had to wait for that comes now. */
static int survey_new_library(struct survey *s, struct libshare_vmas *walk, u32 process)
{
	struct libshare_library *lib, *file;
	u32 last, i;
	int err = 0;

	if (!libshare_vec_has_room(&s->snap->libraries, 1)) {
		libshare_vmas_unlock(walk);
		return libshare_vec_reserve(&s->snap->libraries, 1);
	}
	lib = libshare_library_hold(s->index, walk->vma);
	lib->walked = s->walk;
	file = libshare_library_find(s->others, walk->vma);
	libshare_vmas_unlock(walk);
	last = file ? file->put_off : 0;
	for (i = last; i && !err; ) {
		const struct put_off *late;

		i = ((struct put_off *)libshare_vec_at(&s->put_off, i - 1))->next;
		late = libshare_vec_at(&s->put_off, i - 1);
		err = survey_put_off(s, late, lib);
		if (i == last)
			break;
	}
	walk->addr = behind_done(s, walk->addr, process, lib);
	return err;
}

static int put_off(struct survey *s, struct libshare_vmas *walk, u32 process)
{
	struct libshare_library *file = libshare_library_find(s->others, walk->vma);
	struct put_off *late, *last;

	if (!libshare_vec_has_room(&s->files, 1) || !libshare_vec_has_room(&s->put_off, 1)) {
		libshare_vmas_unlock(walk);
		if (s->put_off.nr >= U32_MAX || libshare_vec_reserve(&s->files, 1) ||
		    libshare_vec_reserve(&s->put_off, 1))
			return -ENOMEM;
		return 0;
	}
	if (!file)
		file = libshare_library_add(s->others, walk->vma);
	late = libshare_vec_push(&s->put_off);
	late->start = walk->vma->vm_start;
	late->process = process;
	late->next = s->put_off.nr;
	if (file->put_off) {
		last = libshare_vec_at(&s->put_off, file->put_off - 1);
		swap(late->next, last->next);
	}
	file->put_off = s->put_off.nr;
	walk->addr = walk->vma->vm_end;
	return 0;
}

/* The library of a VMA that has a file, or NULL when it is none so far. */
static struct libshare_library *find_library(struct survey *s, const struct vm_area_struct *vma)
{
	const struct address_space *mapping = vma->vm_file->f_mapping;
	struct met *met = &s->met[hash_ptr(mapping, MET_BITS)];
	struct libshare_library *lib;

	if (met->mapping == mapping && met->lib && !libshare_library_is_special(vma))
		return met->lib;
	if (!libshare_library_can_be(vma))
		return NULL;
	lib = libshare_library_find(s->index, vma);
	if (lib) {
		met->mapping = mapping;
		met->lib = lib;
	}
	return lib;
}

static int visit_vma(void *context, struct libshare_vmas *walk, u32 process)
{
	struct survey *s = context;
	struct vm_area_struct *vma = walk->vma;
	struct libshare_library *lib = vma->vm_file ? find_library(s, vma) : NULL;

	if (lib)
		return survey_vma(s, walk, process, lib);
	if (!libshare_library_can_be(vma)) {
		walk->cost->passed_over_vmas += libshare_library_passes_over(vma);
		walk->addr = vma->vm_end;
		return 0;
	}
	if (vma->vm_flags & VM_EXEC)
		return survey_new_library(s, walk, process);
	return put_off(s, walk, process);
}

/*
 * The second pass: read the file pages of libraries whose mapcounts do not do, and
 * once more who maps them, which may not be who did when their copies were read.
 */
static int walk_vma(void *context, struct libshare_vmas *walk, u32 process)
{
	unsigned long end = walk->vma->vm_end;
	struct libshare_library *lib = NULL;
	struct survey *s = context;

	if (libshare_library_can_be(walk->vma))
		lib = libshare_library_find(s->index, walk->vma);
	if (!lib || !lib->walked)
		walk->addr = end;
	else if (!goes_on(s, walk, process, lib))
		begin_vma(s, walk, process, lib);
	while (walk->addr < end) {
		if (libshare_pagewalk_next(walk, s->leaf) &&
		    libshare_tally_files(lib, process, s->leaf)) {
			libshare_vmas_unlock(walk);
			if (libshare_tally_make_room(s->snap, lib, s->leaf) ||
			    libshare_tally_files(lib, process, s->leaf))
				return -ENOMEM;
			return 0;
		}
		if (walk->addr < end && libshare_vmas_should_yield(walk)) {
			libshare_vmas_unlock(walk);
			return 0;
		}
	}
	return 0;
}

/* What mapcounts told is not good: the library has to be walked, and starts anew. */
static void walk_instead(struct libshare_library *lib)
{
	lib->walked = true;
	lib->procs = 0;
	lib->maps = 0;
	lib->seen_by = 0;
	lib->mapped = 0;
	lib->shared = 0;
	lib->rss = 0;
	lib->mapcount_max = 0;
}

/*
 * Read a library's name and page cache; 1 when it has to be walked, 0, or < 0.
 * Nobody may come or go while its mapcounts are read, or who mapped it in between
 * would be in them. So it is held to be mapped as the scan has seen it; but
 * not for longer than a small file takes. Of a larger one, who maps it is compared
 * once more, after the last of its mapcounts.
 */
static int read_library(struct survey *s, struct libshare_library *lib, char *buf,
			u64 *cached_by_node)
{
	struct address_space *mapping = lib->file->f_mapping;
	int err = libshare_library_describe(lib, buf);
	unsigned long index = 0;
	bool as_seen;

	if (err || libshare_vec_reserve(&s->snap->cached, LIBSHARE_LIBRARY_STEPS))
		return -ENOMEM;
	as_seen = !lib->walked && !lib->inexact &&
		  libshare_mappers_hold(mapping, lib->maps, lib->mappers);
	err = libshare_library_count(s->snap, lib, &index, cached_by_node);
	if (as_seen)
		libshare_mappers_release(mapping);
	if (err > 0) {
		err = libshare_library_count_rest(s->snap, lib, index, cached_by_node);
		as_seen = as_seen && libshare_mappers_hold(mapping, lib->maps, lib->mappers);
		if (as_seen)
			libshare_mappers_release(mapping);
	}
	if (err)
		return err;
	libshare_library_release(lib);
	if (lib->walked || (as_seen && !lib->inexact))
		return 0;
	walk_instead(lib);
	return 1;
}

/* Read all libraries; how many have to be walked, or < 0. */
static s64 read_libraries(struct survey *s, u64 *cached_by_node)
{
	struct libshare_vec *libraries = &s->snap->libraries;
	char *buf = kvmalloc(LIBSHARE_LIBRARY_PATH_BYTES, LIBSHARE_GFP);
	s64 left = buf ? 0 : -ENOMEM;
	u64 i;

	for (i = 0; i < libraries->nr && left >= 0; i++) {
		int err = read_library(s, libshare_vec_at(libraries, i), buf, cached_by_node);

		if (err >= 0 && fatal_signal_pending(current))
			err = -EINTR;
		left = err < 0 ? err : left + err;
		cond_resched();
	}
	kvfree(buf);
	return left;
}

static int run(struct survey *s, u64 *cached_by_node)
{
	int err = libshare_visit(s->snap, visit_vma, s);
	s64 left;
	u64 i;

	if (err)
		return err;
	left = read_libraries(s, cached_by_node);
	if (left > 0)
		left = libshare_visit(s->snap, walk_vma, s);
	if (left < 0)
		return left;
	for (i = 0; i < s->snap->libraries.nr; i++) {
		struct libshare_library *lib = libshare_library_at(s->snap, i);

		libshare_tally_finish(s->snap, lib);
		s->snap->cost.walked_libraries += lib->walked;
		err = libshare_finish_pause();
		if (err)
			return err;
	}
	return 0;
}

/**
 * libshare_survey() - Count libraries, where neither rows nor pages are wanted.
 * @snap: The snapshot of the scan, whose processes are known.
 * @index: An empty index of its libraries.
 * @leaf: To work in.
 * @cached_by_node: For each NUMA node the pages cached there, added to.
 *
 * Context: Process context, may sleep.
 * Return: 0, -ENOMEM, or -EINTR when the reader was killed.
 */
int libshare_survey(struct libshare_snapshot *snap, struct libshare_library_index *index,
		    struct libshare_leaf *leaf, u64 *cached_by_node)
{
	struct survey s = {
		.snap = snap,
		.index = index,
		.leaf = leaf,
		.walk = READ_ONCE(always_walk) || IS_ENABLED(CONFIG_NO_PAGE_MAPCOUNT),
	};
	int err = -ENOMEM;

	libshare_vec_init(&s.files, sizeof(struct libshare_library));
	libshare_vec_init(&s.put_off, sizeof(struct put_off));
	s.others = kvzalloc(sizeof(*s.others), LIBSHARE_GFP);
	if (s.others) {
		s.others->libraries = &s.files;
		err = run(&s, cached_by_node);
	}
	kvfree(s.others);
	libshare_vec_free(&s.put_off);
	libshare_vec_free(&s.files);
	return err;
}
