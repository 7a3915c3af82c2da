// SPDX-License-Identifier: GPL-2.0-only
/*
 * One surveyor: processes → VMAs → libraries and their totals (survey.c).
 *
 * The file of a VMA is a library once an executable VMA of it was met. Those
 * that came before, most often one in the same process, are put off until then.
 */
#include <linux/fs.h>
#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "compat.h"
#include "finish.h"
#include "library.h"
#include "mappers.h"
#include "pagewalk.h"
#include "process.h"
#include "surveyor.h"
#include "tally.h"
#include "visit.h"
#include "vmas.h"

/* A VMA of a file that is not known to be a library: the ring's next is 1 + index. */
struct put_off {
	u64 start;
	u32 process;
	u32 next;
};

/* Is this what is left of the VMA that was in hand when the lock was let go? */
static bool goes_on(const struct libshare_surveyor *s, const struct libshare_vmas *walk,
		    u32 process, const struct libshare_library *lib)
{
	return walk->addr > walk->vma->vm_start && s->at.lib == lib && s->at.process == process &&
	       s->at.start == walk->vma->vm_start && s->at.first == walk->vma->vm_pgoff;
}

static inline void begin_vma(struct libshare_surveyor *s, struct libshare_vmas *walk, u32 process,
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
static int account(struct libshare_surveyor *s, struct libshare_vmas *walk,
		   struct libshare_library *lib)
{
	if (!libshare_tally_leaf(s->snap, &s->at, s->leaf))
		return 0;
	libshare_vmas_unlock(walk);
	if (libshare_tally_make_room(s->snap, lib, s->leaf) ||
	    libshare_tally_leaf(s->snap, &s->at, s->leaf))
		return -ENOMEM;
	return 0;
}

static int survey_vma(struct libshare_surveyor *s, struct libshare_vmas *walk, u32 process,
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
static u64 behind_done(const struct libshare_surveyor *s, u64 addr, u32 process,
		       const struct libshare_library *lib)
{
	return s->at.lib == lib && s->at.process == process ? max(addr, s->done) : addr;
}

/* Survey a VMA that had been put off, unless it has gone meanwhile. */
static int survey_put_off(struct libshare_surveyor *s, const struct put_off *late,
			  struct libshare_library *lib)
{
	struct libshare_process *proc = libshare_process_at(s->snap, late->process);
	struct libshare_vmas walk;
	int err;

	if (proc->skipped)
		return 0;
	err = libshare_vmas_begin(&walk, proc->mm, s->snap);
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

/* Survey all VMAs of a file that had been put off. */
static int survey_all_put_off(struct libshare_surveyor *s, const struct libshare_vec *put_off,
			      const struct libshare_library *file, struct libshare_library *lib)
{
	u32 i = file->put_off;
	int err;

	do {
		const struct put_off *late;

		i = ((struct put_off *)libshare_vec_at(put_off, i - 1))->next;
		late = libshare_vec_at(put_off, i - 1);
		err = survey_put_off(s, late, lib);
	} while (!err && i != file->put_off);
	return err;
}

/* The file of the VMA in hand is a library: what had to wait for that comes now. */
static int survey_new_library(struct libshare_surveyor *s, struct libshare_vmas *walk, u32 process)
{
	struct libshare_library *lib, *file;
	int err = 0;

	if (!libshare_vec_has_room(&s->snap->libraries, 1)) {
		libshare_vmas_unlock(walk);
		return libshare_vec_reserve(&s->snap->libraries, 1);
	}
	lib = libshare_library_hold(s->index, walk->vma);
	lib->walked = s->walk;
	lib->found_in = process;
	file = libshare_library_find(s->others, walk->vma);
	libshare_vmas_unlock(walk);
	if (file)
		err = survey_all_put_off(s, &s->put_off, file, lib);
	walk->addr = behind_done(s, walk->addr, process, lib);
	return err;
}

static int put_off(struct libshare_surveyor *s, struct libshare_vmas *walk, u32 process)
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
static struct libshare_library *find_library(struct libshare_surveyor *s,
					     const struct vm_area_struct *vma)
{
	const struct address_space *mapping = vma->vm_file->f_mapping;
	struct libshare_met *met = &s->met[hash_ptr(mapping, LIBSHARE_MET_BITS)];
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
	struct libshare_surveyor *s = context;
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

/**
 * libshare_surveyor_visit() - Survey a process.
 * @surveyors: An array of them, one for each worker.
 * @worker: Whose turn it is.
 * @process: The index of the process.
 *
 * Context: Process context, may sleep; the reader holds scan_mutex.
 * Return: 0, -ENOMEM, or -EINTR when the reader was killed.
 */
int libshare_surveyor_visit(void *surveyors, u32 worker, u64 process)
{
	struct libshare_surveyor *s = (struct libshare_surveyor *)surveyors + worker;

	return libshare_visit_process(s->snap, process, visit_vma, s);
}

/**
 * libshare_surveyor_begin() - Get ready to visit processes.
 * @s: The surveyor: his snapshot, index and leaf are set, or will be.
 *
 * Context: Process context, may sleep.
 * Return: 0 or -ENOMEM; libshare_surveyor_end() is to be called either way.
 */
int libshare_surveyor_begin(struct libshare_surveyor *s)
{
	libshare_vec_init(&s->files, sizeof(struct libshare_library));
	libshare_vec_init(&s->put_off, sizeof(struct put_off));
	s->others = kvzalloc(sizeof(*s->others), LIBSHARE_GFP);
	if (!s->others)
		return -ENOMEM;
	s->others->libraries = &s->files;
	return 0;
}

/**
 * libshare_surveyor_end() - Free what libshare_surveyor_begin() has made.
 * @s: The surveyor.
 *
 * Context: Process context, may sleep.
 */
void libshare_surveyor_end(struct libshare_surveyor *s)
{
	kvfree(s->others);
	libshare_vec_free(&s->put_off);
	libshare_vec_free(&s->files);
}

/**
 * libshare_surveyor_late() - Survey what a worker has put off, but others know better.
 * @s: The surveyor, who knows the libraries of all.
 * @of: The worker; what he has found is in the whole.
 *
 * Context: Process context, may sleep; scan_mutex is held.
 * Return: 0, -ENOMEM, or -EINTR when the reader was killed.
 */
int libshare_surveyor_late(struct libshare_surveyor *s, const struct libshare_surveyor *of)
{
	int err = 0;
	u64 i;

	for (i = 0; i < of->files.nr && !err; i++) {
		const struct libshare_library *file = libshare_vec_at(&of->files, i);
		struct libshare_library *lib = libshare_library_find_same(s->index, file);

		if (lib && !libshare_library_find_same(of->index, file))
			err = survey_all_put_off(s, &of->put_off, file, lib);
		if (!err)
			err = libshare_finish_pause();
	}
	return err;
}

/*
 * The second pass: read the file pages of libraries whose mapcounts do not do, and
 * once more who maps them, which may not be who did when their copies were read.
 */
static int walk_vma(void *context, struct libshare_vmas *walk, u32 process)
{
	unsigned long end = walk->vma->vm_end;
	struct libshare_library *lib = NULL;
	struct libshare_surveyor *s = context;

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

/**
 * libshare_surveyor_walk() - The second pass, over all processes.
 * @s: The surveyor, who knows the libraries of all, and which are to be walked.
 *
 * Context: Process context, may sleep; scan_mutex is held.
 * Return: 0, -ENOMEM, or -EINTR when the reader was killed.
 */
int libshare_surveyor_walk(struct libshare_surveyor *s)
{
	return libshare_visit(s->snap, walk_vma, s);
}
