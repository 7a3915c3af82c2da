/* SPDX-License-Identifier: GPL-2.0-only */
/* The numbers of this lab. Leave them as they are. */
#define FIRST 2
#define STEP 3
#define CHAIN 4
#define PRICES 8
#define ASKED 3
#define FOLDERS 3
