/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_SURVEY_H
#define LIBSHARE_SURVEY_H

#include <linux/types.h>

struct libshare_leaf;
struct libshare_library_index;
struct libshare_snapshot;

int libshare_survey(struct libshare_snapshot *snap, struct libshare_library_index *index,
		    struct libshare_leaf *leaf, u64 *cached_by_node);

#endif
