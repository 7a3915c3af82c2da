/* SPDX-License-Identifier: GPL-2.0-only */
/* Pictures: what all of them share. */
#ifndef PICTURE_H
#define PICTURE_H

#include <cairo.h>

#include "data/alloc.h"
#include "data/pagemap.h"
#include "options.h"
#include "views/filter.h"

#define MARGIN 40.0

/* A colour; of a page by who shares it, of copies, of text. */
struct ink {
	double red, green, blue;
};

extern const struct ink ink_shade[SHADES];
extern const struct ink ink_copy;
extern const struct ink ink_inherited;
extern const struct ink ink_paper;
extern const struct ink ink_text;
extern const struct ink ink_faint;

void picture_ink(cairo_t *cr, const struct ink *ink, double alpha);
__printf(6, 7)
double picture_text(cairo_t *cr, double x, double y, double size, double width,
		    const char *format, ...);
void picture_hatch(cairo_t *cr, double x, double y, double width, double height);
double picture_swatch(cairo_t *cr, double x, double y, const struct ink *upper,
		      const struct ink *lower, const char *text);
void picture_legend(cairo_t *cr, double x, double y);
cairo_status_t picture_write(void *closure, const unsigned char *data,
			     unsigned int length);

/* What a picture is of. */
struct subject {
	const struct options *options;
	const struct snapshot *snap;
	const struct library *lib;	/* the first of @libs */
	const struct list *libs;	/* all that were asked for */
};

/* Draws on @cr; with @cr NULL only sets the size. */
typedef void draw_fn(cairo_t *cr, const struct subject *subject, double *width,
		     double *height);

draw_fn picture_sharing;
draw_fn picture_map;
draw_fn picture_linking;

int picture_run(const struct options *options, draw_fn *draw);

#endif
