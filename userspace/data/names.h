/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names for what the tables only have numbers of: containers, users, programs, packages.
 * They are read on the machine of the snapshot; recordings keep them.
 */
#ifndef NAMES_H
#define NAMES_H

#include "data/snapshot.h"

enum name_kind {
	NAME_CONTAINER,		/* of the id in the path of a control group */
	NAME_USER,		/* of a user id */
	NAME_PROGRAM,		/* of a pid */
	NAME_PACKAGE,		/* of the number of a library */
	NAME_KINDS,
};

#define NAMES_OF(kind) (1u << (kind))
#define NAMES_ALL (NAMES_OF(NAME_KINDS) - 1)

void names_add(struct snapshot *snap, unsigned int kinds);
void names_sort(struct snapshot *snap);
struct name *names_new(struct snapshot *snap, enum name_kind kind, const char *key);
struct name *names_new_number(struct snapshot *snap, enum name_kind kind, uint64_t number);
const struct name *names_find(const struct snapshot *snap, enum name_kind kind,
			      const char *key);
const struct name *names_number(const struct snapshot *snap, enum name_kind kind,
				uint64_t number);
const char *names_program(struct snapshot *snap, uint64_t pid);

#endif
