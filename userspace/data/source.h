/* SPDX-License-Identifier: GPL-2.0-only */
/* Where snapshots come from: the module, /proc, or a recording. */
#ifndef SOURCE_H
#define SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "data/snapshot.h"

#define DIRECTORY "/sys/kernel/debug/libshare"

/* Beside the tables that are needed: each may come from a scan of its own. */
#define APART (1u << 31)

struct source;

struct source *source_module(const char *directory);
struct source *source_proc(bool read_files);
struct source *source_auto(const char *directory, bool read_files);
struct source *source_replay(const char *file);
bool source_is_proc(const struct source *source);
bool source_is_replay(const struct source *source);
void source_want_names(struct source *source, unsigned int kinds);
int source_next(struct source *source, unsigned int needs, struct snapshot **snap);
int source_seek(struct source *source, uint64_t at);
const char *source_why(const struct source *source);
void source_close(struct source *source);

char *source_raw(struct source *source, size_t *size);
char *source_stats(struct source *source);

#endif
