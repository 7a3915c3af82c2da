/* SPDX-License-Identifier: GPL-2.0-only */
/* Where snapshots come from: the module, /proc, or a recording. */
#ifndef LIBSHARE_SOURCE_H
#define LIBSHARE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "snapshot.h"

#define LIBSHARE_DIRECTORY "/sys/kernel/debug/libshare"

/* Beside the tables that are needed: each may come from a scan of its own. */
#define LIBSHARE_APART (1u << 31)

struct libshare_source;

struct libshare_source *libshare_source_module(const char *directory);
struct libshare_source *libshare_source_proc(bool read_files);
struct libshare_source *libshare_source_auto(const char *directory, bool read_files);
struct libshare_source *libshare_source_replay(const char *file);
bool libshare_source_is_proc(const struct libshare_source *source);
bool libshare_source_is_replay(const struct libshare_source *source);
int libshare_source_next(struct libshare_source *source, unsigned int needs,
			 struct libshare_snapshot **snap);
const char *libshare_source_why(const struct libshare_source *source);
void libshare_source_close(struct libshare_source *source);

char *libshare_source_raw(struct libshare_source *source, size_t *size);
char *libshare_source_stats(struct libshare_source *source);

#endif
