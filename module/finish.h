/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_FINISH_H
#define LIBSHARE_FINISH_H

#include <linux/errno.h>
#include <linux/sched/signal.h>

struct libshare_snapshot;

int libshare_finish(struct libshare_snapshot *snap);
int libshare_finish_copies(struct libshare_snapshot *snap);
int libshare_finish_duplicates(struct libshare_snapshot *snap);

/* Called between the small steps of what may take long: 0, or -EINTR. */
static inline int libshare_finish_pause(void)
{
	cond_resched();
	return fatal_signal_pending(current) ? -EINTR : 0;
}

#endif
