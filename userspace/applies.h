/* SPDX-License-Identifier: GPL-2.0-only */
/* Which options belong together. */
#ifndef LIBSHARE_APPLIES_H
#define LIBSHARE_APPLIES_H

#include "options.h"

#define LIBSHARE_OPTIONS_MOST 64

/* How often each option was given. */
struct libshare_given {
	const char *name[LIBSHARE_OPTIONS_MOST];
	unsigned int times[LIBSHARE_OPTIONS_MOST];
	size_t nr;
};

void libshare_given_add(struct libshare_given *given, const char *name);
void libshare_applies_check(const struct libshare_options *options,
			    const struct libshare_given *given, const char *library);

#endif
