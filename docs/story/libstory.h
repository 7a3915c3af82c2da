/* SPDX-License-Identifier: GPL-2.0-only */
/* libstory.so: what is in it, in pages, and what can be done to a page of each. */
#ifndef LIBSTORY_H
#define LIBSTORY_H

#define STORY_FUNCTIONS 16
#define STORY_TABLE 48
#define STORY_NAMES 8
#define STORY_DATA 24

long story_call(unsigned int n, long x);
long story_table(unsigned int page);
const char *story_name(unsigned int page);
long story_read(unsigned int page);
void story_write(unsigned int page);

#endif
