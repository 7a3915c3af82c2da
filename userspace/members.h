/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_MEMBERS_H
#define LIBSHARE_MEMBERS_H

#include <stdbool.h>
#include <stdio.h>

#include "snapshot.h"

/* Version of libshare-top.schema.json; grows with what a program could trip over. */
#define LIBSHARE_SCHEMA 1

#ifndef LIBSHARE_VERSION
#define LIBSHARE_VERSION "unknown"
#endif

void libshare_members_totals(FILE *out, const struct libshare_snapshot *snap);
void libshare_members_identity(FILE *out, const struct libshare_snapshot *snap, bool replay);
char *libshare_members_make(const struct libshare_snapshot *snap, bool replay);

#endif
