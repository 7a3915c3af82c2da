/* SPDX-License-Identifier: GPL-2.0-only */
/* Which options belong together. */
#ifndef APPLIES_H
#define APPLIES_H

#include "options.h"

#define OPTIONS_MOST 64

/* How often each option was given. */
struct given {
	const char *name[OPTIONS_MOST];
	unsigned int times[OPTIONS_MOST];
	size_t nr;
};

void given_add(struct given *given, const char *name);
void applies_check(const struct options *options,
		   const struct given *given, const char *library);

#endif
