// SPDX-License-Identifier: GPL-2.0-only
/* The parser takes any bytes, and so does whatever computes with what it read. */
#include <stdlib.h>

#include "data/pagemap.h"
#include "data/stream.h"
#include "views/duplicates.h"
#include "views/filter.h"
#include "views/groups.h"
#include "views/sections.h"
#include "views/totals.h"
#include "views/uses.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void use(struct snapshot *snap)
{
	static const uint64_t pid = 1;
	const struct filter filter = { .glob = "l*", .pid = &pid, .pids = 1, .library = "/x" };
	const struct filter all = { 0 };
	struct library *lib;
	struct totals totals;
	enum by by;
	struct pagemap map;
	struct rows rows;
	int id;

	totals_add(&totals, snap);
	rows = sections_find(snap, NULL);
	free(rows.at);
	for (id = 0; id <= HISTOGRAM; id++) {
		struct list list = list_make(snap, &tables[id],
					     &snap->table[id], &filter);

		list_sort(&list, tables[id].columns, true);
		free(list.row);
	}
	for (by = 0; by < BYS; by++) {
		for (id = 0; id <= MAPPINGS; id++) {
			const struct view *view = groups_of(by, &tables[id]);

			if (!view)
				continue;
			rows = groups_find(snap, view, &all);
			free(rows.at);
		}
	}
	for_each(lib, snap, LIBRARIES) {
		pagemap_make(&map, snap, lib, 100);
		free(map.cell);
		rows = users_find(snap, lib->lib);
		free(rows.at);
		rows = segments_find(snap, lib->lib);
		free(rows.at);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stream *stream = stream_memory(data, size, "fuzz");
	struct snapshot *snap;

	/* A few bytes may stand for more than the fuzzer may take. */
	memory_max = 256 << 20;
	while (stream_next(stream, &snap) > 0) {
		use(snap);
		snapshot_free(snap);
	}
	stream_close(stream);
	return 0;
}
