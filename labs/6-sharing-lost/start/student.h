/* SPDX-License-Identifier: GPL-2.0-only */
/* The numbers of this lab. Leave them as they are. */
#define PAGES_tax 512
#define PAGES_paint 768
#define PAGES_font 256
#define PAGES_mail 384
