/* SPDX-License-Identifier: GPL-2.0-only */
/* To which sections of a library the copies of a page are charged. */
#ifndef LIBSHARE_ATTRIBUTE_H
#define LIBSHARE_ATTRIBUTE_H

#include <stdbool.h>

#include "snapshot.h"

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

/* A section of the library at hand. */
struct libshare_part {
	const struct libshare_elf *elf;
	uint64_t relocs;
	const struct libshare_reloc **reloc;	/* runs of its pages that have some */
	size_t runs;
};

/* A section's share in a page. */
struct libshare_share {
	size_t part;
	uint64_t weight;	/* bytes of the page that the section takes */
};

struct libshare_attribution {
	uint64_t page_size;
	struct libshare_part *part;
	size_t parts;
	uint64_t *edge;		/* sorted: pages where something begins or ends */
	size_t edges, room;
	const char *note;
	bool blind;		/* segments, and no relocations are known of them */
	struct libshare_share *share;	/* of the page at hand */
	size_t shares;
	uint64_t weight;	/* of all of them */
	enum libshare_cause cause;
};

struct libshare_headers;

struct libshare_headers *libshare_headers_index(const struct libshare_snapshot *snap);
void libshare_headers_free(struct libshare_headers *headers);
void libshare_attribution_begin(struct libshare_attribution *a,
				const struct libshare_headers *headers, uint64_t lib);
void libshare_attribution_page(struct libshare_attribution *a, uint64_t page);
uint64_t libshare_attribution_next(const struct libshare_attribution *a, uint64_t page);
void libshare_attribution_split(const struct libshare_attribution *a, uint64_t bytes,
				uint64_t *share);
void libshare_attribution_end(struct libshare_attribution *a);

#endif
