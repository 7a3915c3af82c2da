/* SPDX-License-Identifier: GPL-2.0-only */
/* The numbers of this lab. Leave them as they are. */
#define HEAP_PAGES 128
#define SERVERS 8
