/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTAINER_FILES_H
#define CONTAINER_FILES_H

#include "data/snapshot.h"

void container_files_add(struct snapshot *snap);

#endif
