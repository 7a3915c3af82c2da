/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_SECTIONS_H
#define LIBSHARE_SECTIONS_H

#include <stdbool.h>
#include <stdio.h>

#include "filter.h"

/* What the first write to a page was, in the order in which such writes come. */
enum libshare_cause {
	LIBSHARE_CAUSE_RELOCATION,
	LIBSHARE_CAUSE_BSS,
	LIBSHARE_CAUSE_DATA,
	LIBSHARE_CAUSE_TEXT,
	LIBSHARE_CAUSE_UNKNOWN,
	LIBSHARE_CAUSES,
};

extern const char *const libshare_causes[LIBSHARE_CAUSES];

/* Copies that were made in one section of a library, for one cause. */
struct libshare_section {
	uint64_t lib;
	const char *section;
	const char *cause;
	uint64_t cow;		/* bytes */
	uint64_t pages;
	uint64_t relocs;
	uint64_t size;		/* bytes of the section in the file */
	uint64_t procs;
	const char *note;	/* LIBSHARE_NOTE_CUT, LIBSHARE_NOTE_PATH or "-" */
	const char *path;
};

struct libshare_rows libshare_sections_find(const struct libshare_snapshot *snap,
					    const struct libshare_library *only);
void libshare_sections_advise(const struct libshare_list *list, FILE *out);

#endif
