/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BATCH_H
#define BATCH_H

#include "data/source.h"
#include "options.h"

struct source *batch_source(const struct options *options);
struct rows view_rows(struct snapshot *snap,
		      const struct view *view,
		      const struct filter *filter, bool *made);
int batch_explain(const struct options *options,
		  const struct view *view, const struct snapshot *snap,
		  const struct list *list);
int batch_run(const struct options *options);

#endif
