/* SPDX-License-Identifier: GPL-2.0-only */
/* The numbers of this lab. Leave them as they are. */
#define TARGET_COW 40
#define TARGET_UNIQUE 25
#define TARGET_TWO 4
#define FRESH_PAGES 1
#define OLD_PAGES 3
