// SPDX-License-Identifier: GPL-2.0-only
/* What libshare-top does without the module, for its list of libraries. */
#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "peers.h"
#include "data/proc/proc.h"

void proc_run(const struct peer *peer, struct libs *libs)
{
	const struct library *row;
	struct snapshot *snap;
	unsigned int major, minor;
	char why[512];

	(void)peer;
	if (!proc_scan(HAS(LIBRARIES), NULL, 1, &snap, why, sizeof(why)))
		errx(1, "%s", why);
	for_each(row, snap, LIBRARIES) {
		struct lib *lib;

		if (sscanf(row->dev, "%u:%u", &major, &minor) != 2)
			errx(1, "no device: %s", row->dev);
		lib = libs_get(libs, (uint64_t)major << 20 | minor, row->ino, 1);
		lib->executable = true;
		lib->procs = row->procs;
		lib->mapped = row->mapped / snap->page_size;
		lib->rss = row->rss / snap->page_size;
		lib->copies = row->cow / snap->page_size;
	}
	snapshot_free(snap);
}
