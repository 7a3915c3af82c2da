/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

/* A file that takes the place of an older one when, and only when, it is whole. */
struct output {
	FILE *out;
	const char *name;	/* or "-" or NULL: standard output */
	char *target;		/* the file itself, where @name is a link to it */
	char *temporary;	/* NULL: written in place */
	bool made;		/* @target is not from before */
};

bool output_try(struct output *o, const char *name, bool private);
void output_open(struct output *o, const char *name, bool private);
bool output_keep(struct output *o);
void output_close(struct output *o);
void output_drop(struct output *o);

#endif
