/* SPDX-License-Identifier: GPL-2.0-only */
/* The numbers of this lab. Leave them as they are. */
#define CONSTANT_PAGES 0
#define VARIABLE_PAGES 0
#define PROCESSES 10
