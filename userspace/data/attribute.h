/* SPDX-License-Identifier: GPL-2.0-only */
/* To which sections of a library the copies of a page are charged. */
#ifndef ATTRIBUTE_H
#define ATTRIBUTE_H

#include <stdbool.h>

#include "data/snapshot.h"

/* What the first write to a page was, in the order in which such writes come. */
enum cause {
	CAUSE_RELOCATION,
	CAUSE_BSS,
	CAUSE_DATA,
	CAUSE_TEXT,
	CAUSE_UNKNOWN,
	CAUSES,
};

extern const char *const causes[CAUSES];

/* A section of the library at hand. */
struct part {
	const struct elf *elf;
	uint64_t relocs;
	const struct reloc **reloc;	/* runs of its pages that have some */
	size_t runs;
};

/* A section's share in a page. */
struct share {
	size_t part;
	uint64_t weight;	/* bytes of the page that the section takes */
};

struct attribution {
	uint64_t page_size;
	struct part *part;
	size_t parts;
	uint64_t *edge;		/* sorted: pages where something begins or ends */
	size_t edges, room;
	const char *note;
	bool blind;		/* segments, and no relocations are known of them */
	struct share *share;	/* of the page at hand */
	size_t shares;
	uint64_t weight;	/* of all of them */
	enum cause cause;
};

struct headers;

struct headers *headers_index(const struct snapshot *snap);
void headers_free(struct headers *headers);
void attribution_begin(struct attribution *a,
		       const struct headers *headers, uint64_t lib);
void attribution_page(struct attribution *a, uint64_t page);
uint64_t attribution_next(const struct attribution *a, uint64_t page);
void attribution_split(const struct attribution *a, uint64_t bytes, uint64_t *share);
void attribution_end(struct attribution *a);

#endif
