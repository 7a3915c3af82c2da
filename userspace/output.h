/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_OUTPUT_H
#define LIBSHARE_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

/* A file that takes the place of an older one when, and only when, it is whole. */
struct libshare_output {
	FILE *out;
	const char *name;	/* or "-" or NULL: standard output */
	char *target;		/* the file itself, where @name is a link to it */
	char *temporary;	/* NULL: written in place */
	bool made;		/* @target is not from before */
};

bool libshare_output_try(struct libshare_output *o, const char *name, bool private);
void libshare_output_open(struct libshare_output *o, const char *name, bool private);
bool libshare_output_keep(struct libshare_output *o);
void libshare_output_close(struct libshare_output *o);
void libshare_output_drop(struct libshare_output *o);

#endif
