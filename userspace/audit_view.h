/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_AUDIT_VIEW_H
#define LIBSHARE_AUDIT_VIEW_H

#include "options.h"

bool libshare_audit_is_needed(const struct libshare_options *options);
void libshare_audit_prepare(const struct libshare_options *options,
			    struct libshare_snapshot *snap);
char *libshare_audit_members(const struct libshare_options *options,
			     const struct libshare_snapshot *snap, char *members);

#endif
