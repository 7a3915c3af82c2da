/* SPDX-License-Identifier: GPL-2.0-only */
/* The container that a control group belongs to, by its path alone. */
#ifndef CONTAINER_H
#define CONTAINER_H

#include <stdbool.h>
#include <stdint.h>

#define CONTAINER_ID 64		/* digits of an id, of the engines that make such */
#define CONTAINER_SHORT 12	/* of these, those that engines show */

struct container {
	const char *engine;
	char id[256];		/* digits; or the name, of engines that have no such ids */
	bool has_id;
	uint64_t uid;		/* the user below whose slice it runs; or UNKNOWN */
};

bool container_find(const char *cgroup, struct container *container);
bool container_is_id(const char *text);

#endif
