/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MEMBERS_H
#define MEMBERS_H

#include <stdbool.h>
#include <stdio.h>

#include "data/snapshot.h"

/* Version of libshare-top.schema.json; grows with what a program could trip over. */
#define SCHEMA 1

#ifndef LIBSHARE_VERSION
#define LIBSHARE_VERSION "unknown"
#endif

void members_totals(FILE *out, const struct snapshot *snap);
void members_identity(FILE *out, const struct snapshot *snap, bool replay);
char *members_make(const struct snapshot *snap, bool replay);

#endif
