// SPDX-License-Identifier: GPL-2.0-only
/*
 * Measures the memory that libshare keeps while one of its files is open: as stats says,
 * and as the kernel's allocators do. The difference is what they round up, and what the
 * module forgets to count.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "memory.h"
#include "shape.h"

/* The value behind @name in the lines of a file, 0 if there is none. */
static unsigned long long value_in(const char *path, const char *name)
{
	unsigned long long value = 0;
	FILE *file = fopen(path, "r");
	char line[256];

	if (!file)
		err(1, "%s", path);
	while (fgets(line, sizeof(line), file))
		if (!strncmp(line, name, strlen(name)))
			value = strtoull(line + strlen(name), NULL, 10);
	fclose(file);
	return value;
}

/*
 * Objects in all slab caches, allocations that are too large for one, and vmalloc; -1
 * without /proc/slabinfo.
 */
static long long allocated(void)
{
	unsigned long long active, objects, size, per_slab, pages, slabs;
	unsigned long long bytes = 0, caches = 0;
	FILE *file = fopen("/proc/slabinfo", "r");
	char line[512];

	if (!file)
		return -1;
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%*s %llu %llu %llu %llu %llu : tunables %*u %*u %*u : slabdata %*u %llu",
			   &active, &objects, &size, &per_slab, &pages, &slabs) != 6)
			continue;
		bytes += active * size;
		caches += slabs * pages * SHAPE_PAGE;
	}
	fclose(file);
	/* Fold what each CPU counts for itself into the totals. */
	value_in("/proc/sys/vm/stat_refresh", "");
	return bytes - caches + 1024 * (value_in("/proc/meminfo", "Slab:") +
					value_in("/proc/meminfo", "VmallocUsed:"));
}

static unsigned long long stat_value(const char *name)
{
	return value_in("/sys/kernel/debug/libshare/stats", name);
}

/* Pages of libraries in the page cache, over all NUMA nodes. */
static unsigned long long cached_pages(void)
{
	unsigned long long bytes = 0;
	char name[32];
	int node;

	for (node = 0; node < 8; node++) {
		snprintf(name, sizeof(name), "cached_node%d_bytes ", node);
		bytes += stat_value(name);
	}
	return bytes / SHAPE_PAGE;
}

/* Say what the scan for the file of @peer keeps, and of how much. */
void memory_report(const struct load *load, const struct peer *peer)
{
	int fd = open(peer->file, O_RDONLY | O_CLOEXEC);
	long long held = allocated();

	if (fd < 0)
		err(1, "%s", peer->file);
	printf("{\"load\": \"%s\", \"peer\": \"%s\", \"memory\": %llu, \"libraries\": %llu, ",
	       load->name, peer->name, stat_value("memory_bytes "), stat_value("scan_libraries "));
	printf("\"processes\": %llu, \"vmas\": %llu, \"cached\": %llu",
	       stat_value("scan_processes "), stat_value("scan_vmas "), cached_pages());
	close(fd);
	/* Some of it is only freed when no CPU can see it any more. */
	usleep(200000);
	if (held >= 0)
		printf(", \"allocated\": %lld", held - allocated());
	printf("}\n");
}
