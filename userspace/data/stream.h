/* SPDX-License-Identifier: GPL-2.0-only */
/* Snapshots one after another, from a file or from memory, compressed or not. */
#ifndef STREAM_H
#define STREAM_H

#include <stddef.h>

#include "data/snapshot.h"

struct stream;

struct stream *stream_file(int fd, const char *name);
struct stream *stream_memory(const void *data, size_t size, const char *name);
int stream_next(struct stream *s, struct snapshot **snap);
const char *stream_why(const struct stream *s);
void stream_close(struct stream *s);

#endif
