/* SPDX-License-Identifier: GPL-2.0-only */
/* Snapshots one after another, from a file or from memory, compressed or not. */
#ifndef LIBSHARE_STREAM_H
#define LIBSHARE_STREAM_H

#include <stddef.h>

#include "snapshot.h"

struct libshare_stream;

struct libshare_stream *libshare_stream_file(int fd, const char *name);
struct libshare_stream *libshare_stream_memory(const void *data, size_t size, const char *name);
int libshare_stream_next(struct libshare_stream *s, struct libshare_snapshot **snap);
const char *libshare_stream_why(const struct libshare_stream *s);
void libshare_stream_close(struct libshare_stream *s);

#endif
