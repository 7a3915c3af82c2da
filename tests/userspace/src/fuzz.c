// SPDX-License-Identifier: GPL-2.0-only
/* The parser takes any bytes, and so does whatever computes with what it read. */
#include <stdlib.h>

#include "duplicates.h"
#include "filter.h"
#include "pagemap.h"
#include "sections.h"
#include "stream.h"
#include "totals.h"
#include "uses.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void use(struct libshare_snapshot *snap)
{
	const struct libshare_filter filter = { .glob = "l*", .pid = 1, .library = "/x" };
	struct libshare_library *lib;
	struct libshare_totals totals;
	struct libshare_pagemap map;
	struct libshare_rows rows;
	int id;

	libshare_totals_add(&totals, snap);
	rows = libshare_sections_find(snap, NULL);
	free(rows.at);
	for (id = 0; id <= LIBSHARE_HISTOGRAM; id++) {
		struct libshare_list list = libshare_list_make(snap, &libshare_tables[id],
							       &snap->table[id], &filter);

		libshare_list_sort(&list, libshare_tables[id].columns, true);
		free(list.row);
	}
	libshare_for_each(lib, snap, LIBSHARE_LIBRARIES) {
		libshare_pagemap_make(&map, snap, lib, 100);
		free(map.cell);
		rows = libshare_users_find(snap, lib->lib);
		free(rows.at);
		rows = libshare_segments_find(snap, lib->lib);
		free(rows.at);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct libshare_stream *stream = libshare_stream_memory(data, size, "fuzz");
	struct libshare_snapshot *snap;

	/* A few bytes may stand for more than the fuzzer may take. */
	libshare_memory_max = 256 << 20;
	while (libshare_stream_next(stream, &snap) > 0) {
		use(snap);
		libshare_snapshot_free(snap);
	}
	libshare_stream_close(stream);
	return 0;
}
