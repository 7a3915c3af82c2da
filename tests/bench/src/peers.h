/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Those that are compared: each works out what it can of every library, or
 * only reads what such a program would have to read.
 */
#ifndef PEERS_H
#define PEERS_H

#include <stdbool.h>

#include "libs.h"

struct peer {
	const char *name;
	bool (*available)(const struct peer *peer);
	void (*run)(const struct peer *peer, struct libs *libs);
	const char *file;	/* that some of them read */
	int what;		/* PEER_* that its result can be compared in */
};

#define PEER_PROCS	1
#define PEER_COPIES	2
#define PEER_PAGES	4	/* mapped and rss */

bool smaps_available(const struct peer *peer);
void smaps_run(const struct peer *peer, struct libs *libs);
void census_run(const struct peer *peer, struct libs *libs);
bool ioctl_available(const struct peer *peer);
void ioctl_run(const struct peer *peer, struct libs *libs);
void proc_run(const struct peer *peer, struct libs *libs);
void raw_run(const struct peer *peer, struct libs *libs);
bool file_available(const struct peer *peer);
void file_run(const struct peer *peer, struct libs *libs);
void table_parse(struct libs *libs);
bool smem_available(const struct peer *peer);
void smem_run(const struct peer *peer, struct libs *libs);

#endif
