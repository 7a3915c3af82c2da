/* SPDX-License-Identifier: GPL-2.0-only */
/* Which package of this machine a library belongs to. */
#ifndef PACKAGES_H
#define PACKAGES_H

#include "data/snapshot.h"

struct packages;

struct packages *packages_find(const struct snapshot *snap);
const char *packages_of(const struct packages *packages, const struct library *lib);

#endif
