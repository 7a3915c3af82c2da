/* SPDX-License-Identifier: GPL-2.0-only */
/* What only /proc/PID/smaps tells of a mapping. */
#ifndef PROC_SMAPS_H
#define PROC_SMAPS_H

#include <stdint.h>
#include <sys/types.h>

struct proc_smap {
	uint64_t start;
	uint64_t pss, ksm;	/* bytes; or unknown */
	uint64_t pmd_mapped;	/* bytes that huge entries map */
};

struct proc_smaps;

struct proc_smaps *proc_smaps_read(pid_t pid);
const struct proc_smap *proc_smaps_find(const struct proc_smaps *s, uint64_t start);
void proc_smaps_free(struct proc_smaps *s);

#endif
