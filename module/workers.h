/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_WORKERS_H
#define LIBSHARE_WORKERS_H

#include <linux/types.h>

/*
 * Does one item, on behalf of the worker of that number. A worker's items come by
 * ascending index, one after another. Returns 0, or an error that ends the work.
 */
typedef int (*libshare_work_fn)(void *context, u32 worker, u64 item);

int libshare_workers_setup(void);
void libshare_workers_teardown(void);
u32 libshare_workers_for(u64 items);
int libshare_workers_run(u32 workers, u64 items, libshare_work_fn fn, void *context);

#endif
