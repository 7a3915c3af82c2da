/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_BATCH_H
#define LIBSHARE_BATCH_H

#include "options.h"
#include "source.h"

struct libshare_source *libshare_batch_source(const struct libshare_options *options);
struct libshare_rows libshare_view_rows(struct libshare_snapshot *snap,
					const struct libshare_view *view,
					const struct libshare_filter *filter, bool *made);
int libshare_batch_explain(const struct libshare_options *options,
			   const struct libshare_view *view, const struct libshare_snapshot *snap,
			   const struct libshare_list *list);
int libshare_batch_run(const struct libshare_options *options);

#endif
