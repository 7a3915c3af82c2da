/* SPDX-License-Identifier: GPL-2.0-only */
/* What only /proc/PID/smaps tells of a mapping. */
#ifndef LIBSHARE_PROC_SMAPS_H
#define LIBSHARE_PROC_SMAPS_H

#include <stdint.h>
#include <sys/types.h>

struct libshare_proc_smap {
	uint64_t start;
	uint64_t pss, ksm;	/* bytes; or unknown */
	uint64_t pmd_mapped;	/* bytes that huge entries map */
};

struct libshare_proc_smaps;

struct libshare_proc_smaps *libshare_proc_smaps_read(pid_t pid);
const struct libshare_proc_smap *libshare_proc_smaps_find(const struct libshare_proc_smaps *s,
							  uint64_t start);
void libshare_proc_smaps_free(struct libshare_proc_smaps *s);

#endif
