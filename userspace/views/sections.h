/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SECTIONS_H
#define SECTIONS_H

#include <stdbool.h>
#include <stdio.h>

#include "data/attribute.h"
#include "views/filter.h"

/* Copies that were made in one section of a library, for one cause. */
struct section {
	uint64_t lib;
	const char *section;
	const char *cause;
	uint64_t cow;		/* bytes */
	uint64_t cow_unique;	/* bytes, as an audit counted them; or unknown */
	uint64_t pages;
	uint64_t relocs;
	uint64_t size;		/* bytes of the section in the file */
	uint64_t procs;
	const char *note;	/* NOTE_CUT, NOTE_PATH or "-" */
	const char *path;
	bool forked;		/* some copies of the library are shared */
};

extern const struct view sections_view;

struct rows sections_find(const struct snapshot *snap, const struct library *only);
void sections_advise(const struct snapshot *snap, const struct list *list, FILE *out);

#endif
