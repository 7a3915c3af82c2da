/* SPDX-License-Identifier: GPL-2.0-only */
/* Which source a snapshot has, and what that source cannot know. */
#ifndef LIBSHARE_ORIGIN_H
#define LIBSHARE_ORIGIN_H

#include <stdbool.h>
#include <stdio.h>

#include "print.h"

bool libshare_origin_pair(struct libshare_snapshot *snap, const char *name, const char *value,
			  bool *valid);
void libshare_origin_head(FILE *out, const struct libshare_snapshot *snap);
char *libshare_origin_text(const struct libshare_snapshot *snap);
void libshare_origin_say(const struct libshare_printing *how, const struct libshare_snapshot *snap);
void libshare_origin_warn(const struct libshare_snapshot *snap);
char *libshare_origin_member(const struct libshare_snapshot *snap);

#endif
