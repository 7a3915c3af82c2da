/* SPDX-License-Identifier: GPL-2.0-only */
/* A heap of objects, such as an interpreter has when its modules are loaded. */
#ifndef OBJECTS_H
#define OBJECTS_H

#include "student.h"

/* 64 of them fill a page. */
#define OBJECTS (64 * HEAP_PAGES)

/* References to an object: each has one from the start. */
void object_get(unsigned int number);
void object_put(unsigned int number);
long object_count(unsigned int number);

/* What is in it. */
long object_sum(unsigned int number);

/* Mark the objects that have a reference, then return how many are marked. */
unsigned int objects_collect(void);

#endif
