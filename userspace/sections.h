/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_SECTIONS_H
#define LIBSHARE_SECTIONS_H

#include <stdbool.h>
#include <stdio.h>

#include "attribute.h"
#include "filter.h"

/* Copies that were made in one section of a library, for one cause. */
struct libshare_section {
	uint64_t lib;
	const char *section;
	const char *cause;
	uint64_t cow;		/* bytes */
	uint64_t cow_unique;	/* bytes, as an audit counted them; or unknown */
	uint64_t pages;
	uint64_t relocs;
	uint64_t size;		/* bytes of the section in the file */
	uint64_t procs;
	const char *note;	/* LIBSHARE_NOTE_CUT, LIBSHARE_NOTE_PATH or "-" */
	const char *path;
	bool forked;		/* some copies of the library are shared */
};

struct libshare_rows libshare_sections_find(const struct libshare_snapshot *snap,
					    const struct libshare_library *only);
void libshare_sections_advise(const struct libshare_snapshot *snap,
			      const struct libshare_list *list, FILE *out);

#endif
