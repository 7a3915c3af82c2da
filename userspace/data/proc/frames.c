// SPDX-License-Identifier: GPL-2.0-only
/* What this process may learn about page frames, found out on pages of its own. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "data/proc/frames.h"

/* What pagemap says of an anonymous page that was just read, or written. */
static uint64_t own_entry(int pagemap, volatile char *page, long page_size, bool write)
{
	uint64_t entry = 0;

	if (write)
		*page = 1;
	else
		(void)*page;
	if (pread(pagemap, &entry, sizeof(entry), (uintptr_t)page / page_size * sizeof(entry)) !=
	    sizeof(entry) || !(entry & PM_PRESENT))
		return 0;
	return entry;
}

/* KSM: is any page merged at all? Without the file, the kernel has no KSM. */
static bool any_merged(void)
{
	FILE *file = fopen("/sys/kernel/mm/ksm/pages_shared", "re");
	unsigned long long pages = 0;

	if (!file)
		return false;
	if (fscanf(file, "%llu", &pages) != 1)
		pages = 1;
	fclose(file);
	return pages;
}

/*
 * Since Linux 6.15, CONFIG_NO_PAGE_MAPCOUNT makes kpagecount an average over the folio,
 * and nothing in /proc tells whether it is set.
 */
static bool counts_are_exact(void)
{
	unsigned int major, minor;
	struct utsname uts;

	if (uname(&uts) || sscanf(uts.release, "%u.%u", &major, &minor) != 2)
		return false;
	return major < 6 || (major == 6 && minor < 15);
}

static void probe(struct proc_frames *f)
{
	long page_size = sysconf(_SC_PAGESIZE);
	int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	char *page = mmap(NULL, page_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);
	uint64_t pfn;

	if (pagemap >= 0 && page != MAP_FAILED) {
		/* A huge page of zeros would be another frame. */
		madvise(page, page_size, MADV_NOHUGEPAGE);
		f->zero = own_entry(pagemap, page, page_size, false) & PM_PFN;
		pfn = own_entry(pagemap, page, page_size, true) & PM_PFN;
		f->known = pfn;
		/* Linux 6.10 to 6.15 flag each anonymous page as one of KSM. */
		if (f->ksm == KSM_FLAGS &&
		    (!pfn || proc_frame_flags(f, pfn) & KPF_KSM))
			f->ksm = KSM_SMAPS;
	}
	if (page != MAP_FAILED)
		munmap(page, page_size);
	if (pagemap >= 0)
		close(pagemap);
}

/**
 * proc_frames_begin() - Find out what can be known about page frames.
 * @f: Set to that, for proc_frames_end().
 */
void proc_frames_begin(struct proc_frames *f)
{
	*f = (struct proc_frames){
		.flags = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC),
		.count = open("/proc/kpagecount", O_RDONLY | O_CLOEXEC),
		.scan = -1,
		.exact_counts = counts_are_exact(),
		.ksm = any_merged() ? KSM_FLAGS : KSM_NONE,
	};
	probe(f);
}

/**
 * proc_frames_end() - Close what was opened.
 * @f: What proc_frames_begin() made.
 */
void proc_frames_end(struct proc_frames *f)
{
	if (f->flags >= 0)
		close(f->flags);
	if (f->count >= 0)
		close(f->count);
}

/**
 * proc_frame_flags() - What /proc/kpageflags says of a frame.
 * @f: The frames.
 * @pfn: The frame.
 *
 * Return: KPF_ bits; 0 if they cannot be read.
 */
uint64_t proc_frame_flags(const struct proc_frames *f, uint64_t pfn)
{
	uint64_t flags;

	if (f->flags < 0 || pread(f->flags, &flags, sizeof(flags), pfn * sizeof(flags)) !=
			    sizeof(flags))
		return 0;
	return flags;
}

/**
 * proc_frame_counts() - The kernel's own mapcounts of neighbouring frames.
 * @f: The frames.
 * @pfn: The first frame.
 * @nr: How many.
 * @counts: Set to what /proc/kpagecount says.
 * @flags: Set to what /proc/kpageflags says.
 *
 * Return: Whether both could be read.
 */
bool proc_frame_counts(const struct proc_frames *f, uint64_t pfn, uint64_t nr,
		       uint64_t *counts, uint64_t *flags)
{
	ssize_t bytes = nr * sizeof(*counts);

	return f->count >= 0 && f->flags >= 0 &&
	       pread(f->count, counts, bytes, pfn * sizeof(*counts)) == bytes &&
	       pread(f->flags, flags, bytes, pfn * sizeof(*flags)) == bytes;
}
