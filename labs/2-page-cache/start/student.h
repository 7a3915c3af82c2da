/* SPDX-License-Identifier: GPL-2.0-only */
/* The numbers of this lab. Leave them as they are. */
#define TABLE_PAGES 256
#define STATE_PAGES 16
#define WRITTEN_PAGES 8
