/* SPDX-License-Identifier: GPL-2.0-only */
/* The boxes of picture_sharing.c: what a process has of a library. */
#ifndef LIBSHARE_PICTURE_BOX_H
#define LIBSHARE_PICTURE_BOX_H

#include "picture.h"
#include "uses.h"

#define LIBSHARE_BOX_HIGH 112.0	/* with its name and its copies */
#define LIBSHARE_BOX_LABEL 34.0	/* a segment with room for its name */

/* What is drawn, and where. */
struct libshare_sharing {
	cairo_t *cr;
	const struct libshare_snapshot *snap;
	const struct libshare_library *lib;
	uint64_t pages;
	double left, width;	/* of the page cache */
	double top, bottom;
};

/* A process, or several that are alike. */
struct libshare_box {
	const struct libshare_use *use;
	size_t alike;
	double x, width;
	double y;		/* the edge that is away from the page cache */
	bool above;		/* the page cache is below */
};

size_t libshare_box_segments(const struct libshare_sharing *s, uint64_t pid);
void libshare_box_draw(const struct libshare_sharing *s, const struct libshare_box *box);

#endif
