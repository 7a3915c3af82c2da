/* SPDX-License-Identifier: GPL-2.0-only */
/* Page frames: what /proc says of them, if it says anything. */
#ifndef PROC_FRAMES_H
#define PROC_FRAMES_H

#include <stdbool.h>
#include <stdint.h>

#define PM_PRESENT (1ull << 63)
#define PM_SWAP (1ull << 62)
#define PM_FILE (1ull << 61)
#define PM_EXCLUSIVE (1ull << 56)
#define PM_PFN ((1ull << 55) - 1)
#define PM_TYPE 31		/* of a swap entry */
#define SWAP_TYPES 23		/* swap areas have the lower types */

#define KPF_ANON (1ull << 12)
#define KPF_LARGE (1ull << 15 | 1ull << 16)
#define KPF_KSM (1ull << 21)
#define KPF_THP (1ull << 22)

enum ksm {
	KSM_NONE,	/* no page is merged */
	KSM_FLAGS,	/* kpageflags tells */
	KSM_SMAPS,	/* smaps tells, or nothing does */
};

struct proc_frames {
	bool known;		/* pagemap shows frames */
	uint64_t zero;		/* the frame of zeros; 0: not known */
	int flags, count;	/* kpageflags and kpagecount; -1: not readable */
	int scan;		/* whether pagemap knows PAGEMAP_SCAN; -1: not tried */
	bool exact_counts;	/* kpagecount counts single pages of large folios */
	enum ksm ksm;
};

void proc_frames_begin(struct proc_frames *f);
void proc_frames_end(struct proc_frames *f);
uint64_t proc_frame_flags(const struct proc_frames *f, uint64_t pfn);
bool proc_frame_counts(const struct proc_frames *f, uint64_t pfn, uint64_t nr,
		       uint64_t *counts, uint64_t *flags);

#endif
