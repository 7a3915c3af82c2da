/* SPDX-License-Identifier: GPL-2.0-only */
/* Pages of a library, in blocks. */
#ifndef PROC_BLOCKS_H
#define PROC_BLOCKS_H

#include "data/proc/count.h"

static inline bool proc_bit(const uint64_t *bits, uint32_t nr)
{
	return bits[nr / 64] >> nr % 64 & 1;
}

static inline void proc_set_bit(uint64_t *bits, uint32_t nr)
{
	bits[nr / 64] |= 1ull << nr % 64;
}

struct proc_block *proc_block_of(struct proc_world *w,
				 struct proc_counts *c, uint64_t index);
void proc_blocks_free(struct proc_world *w, struct proc_counts *c);

#endif
