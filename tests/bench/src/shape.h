/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a library of the load looks like: five segments, of 159 pages of which
 * 135 get mapped, 5 of them as private copies. Eight of them make 40 VMAs and
 * 1,080 mapped pages; the process has five VMAs beside.
 */
#ifndef SHAPE_H
#define SHAPE_H

#define SHAPE_PAGE 4096L
#define SHAPE_BASE 0x7f0000000000L	/* where libraries are mapped */
#define SHAPE_HEAP 0x10000000L

/* Page indices; a read maps the other cached pages of its window, too. */
#define SHAPE_WINDOW 16L
#define SHAPE_HEAD 24L			/* read-only, of which one window is touched */
#define SHAPE_TEXT_AT SHAPE_HEAD
#define SHAPE_TEXT 96L
#define SHAPE_TEXT_HOLE 4L		/* window of the text that no process touches */
#define SHAPE_RODATA_AT (SHAPE_TEXT_AT + SHAPE_TEXT)
#define SHAPE_RODATA 32L
#define SHAPE_RELRO_AT (SHAPE_RODATA_AT + SHAPE_RODATA)
#define SHAPE_RELRO 3L			/* all written, then read-only */
#define SHAPE_DATA_AT (SHAPE_RELRO_AT + SHAPE_RELRO)
#define SHAPE_DATA 4L			/* one half written, the other read */
#define SHAPE_PAGES (SHAPE_DATA_AT + SHAPE_DATA)
#define SHAPE_STRIDE 160L		/* from one library to the next, whole windows */

#define SHAPE_BIG 20000L		/* pages of the file that many VMAs map, again and again */

/*
 * A short-lived process of a busy load maps two libraries and lives for 1 to 6 ms. One of
 * three is only a fork, one executes a program, and one maps two libraries more.
 */
#define SHAPE_BUSY_LIBRARIES 2L

#endif
