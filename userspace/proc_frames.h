/* SPDX-License-Identifier: GPL-2.0-only */
/* Page frames: what /proc says of them, if it says anything. */
#ifndef LIBSHARE_PROC_FRAMES_H
#define LIBSHARE_PROC_FRAMES_H

#include <stdbool.h>
#include <stdint.h>

#define LIBSHARE_PM_PRESENT (1ull << 63)
#define LIBSHARE_PM_SWAP (1ull << 62)
#define LIBSHARE_PM_FILE (1ull << 61)
#define LIBSHARE_PM_EXCLUSIVE (1ull << 56)
#define LIBSHARE_PM_PFN ((1ull << 55) - 1)
#define LIBSHARE_PM_TYPE 31		/* of a swap entry */
#define LIBSHARE_SWAP_TYPES 23		/* swap areas have the lower types */

#define LIBSHARE_KPF_ANON (1ull << 12)
#define LIBSHARE_KPF_LARGE (1ull << 15 | 1ull << 16)
#define LIBSHARE_KPF_KSM (1ull << 21)
#define LIBSHARE_KPF_THP (1ull << 22)

enum libshare_ksm {
	LIBSHARE_KSM_NONE,	/* no page is merged */
	LIBSHARE_KSM_FLAGS,	/* kpageflags tells */
	LIBSHARE_KSM_SMAPS,	/* smaps tells, or nothing does */
};

struct libshare_proc_frames {
	bool known;		/* pagemap shows frames */
	uint64_t zero;		/* the frame of zeros; 0: not known */
	int flags, count;	/* kpageflags and kpagecount; -1: not readable */
	int scan;		/* whether pagemap knows PAGEMAP_SCAN; -1: not tried */
	bool exact_counts;	/* kpagecount counts single pages of large folios */
	enum libshare_ksm ksm;
};

void libshare_proc_frames_begin(struct libshare_proc_frames *f);
void libshare_proc_frames_end(struct libshare_proc_frames *f);
uint64_t libshare_proc_frame_flags(const struct libshare_proc_frames *f, uint64_t pfn);
bool libshare_proc_frame_counts(const struct libshare_proc_frames *f, uint64_t pfn, uint64_t nr,
				uint64_t *counts, uint64_t *flags);

#endif
