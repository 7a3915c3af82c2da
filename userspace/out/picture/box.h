/* SPDX-License-Identifier: GPL-2.0-only */
/* The boxes of picture_sharing.c: what a process has of a library. */
#ifndef PICTURE_BOX_H
#define PICTURE_BOX_H

#include "out/picture/picture.h"
#include "views/uses.h"

#define BOX_HIGH 112.0	/* with its name and its copies */
#define BOX_LABEL 34.0	/* a segment with room for its name */

/* What is drawn, and where. */
struct sharing {
	cairo_t *cr;
	const struct snapshot *snap;
	const struct library *lib;
	uint64_t pages;
	double left, width;	/* of the page cache */
	double top, bottom;
};

/* A process, or several that are alike. */
struct box {
	const struct use *use;
	size_t alike;
	double x, width;
	double y;		/* the edge that is away from the page cache */
	bool above;		/* the page cache is below */
};

size_t box_segments(const struct sharing *s, uint64_t pid);
void box_draw(const struct sharing *s, const struct box *box);

#endif
