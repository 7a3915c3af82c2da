/* SPDX-License-Identifier: GPL-2.0-only */
/* The map that GNU ld writes (-Map): which input file each part of a file is from. */
#ifndef PICTURE_LINKMAP_H
#define PICTURE_LINKMAP_H

#include <stddef.h>
#include <stdint.h>

/* What the linker took of an input file: bytes at an address. */
struct linkmap_part {
	uint64_t address, size;
	size_t input;
};

/* An object file, or an archive. */
struct linkmap_input {
	char *name;
	uint64_t bytes;		/* of it that are in the output */
	size_t members;		/* of an archive, that were taken */
};

struct linkmap {
	char *output;		/* name of the file that the linker wrote, or NULL */
	struct linkmap_part *part;
	struct linkmap_input *input; /* those with a source first, then by bytes */
	size_t parts, inputs;
};

size_t linkmap_source(const struct linkmap_input *input);
void linkmap_read(struct linkmap *map, const char *name);
void linkmap_free(struct linkmap *map);

#endif
