/* SPDX-License-Identifier: GPL-2.0-only */
/* Pictures: what all of them share. */
#ifndef LIBSHARE_PICTURE_H
#define LIBSHARE_PICTURE_H

#include <cairo.h>

#include "alloc.h"
#include "options.h"
#include "pagemap.h"

#define LIBSHARE_MARGIN 40.0

/* A colour; of a page by who shares it, of copies, of text. */
struct libshare_ink {
	double red, green, blue;
};

extern const struct libshare_ink libshare_ink_shade[LIBSHARE_SHADES];
extern const struct libshare_ink libshare_ink_copy;
extern const struct libshare_ink libshare_ink_inherited;
extern const struct libshare_ink libshare_ink_paper;
extern const struct libshare_ink libshare_ink_text;
extern const struct libshare_ink libshare_ink_faint;

void libshare_picture_ink(cairo_t *cr, const struct libshare_ink *ink, double alpha);
__printf(6, 7)
double libshare_picture_text(cairo_t *cr, double x, double y, double size, double width,
			     const char *format, ...);
void libshare_picture_hatch(cairo_t *cr, double x, double y, double width, double height);
double libshare_picture_swatch(cairo_t *cr, double x, double y, const struct libshare_ink *upper,
			       const struct libshare_ink *lower, const char *text);
void libshare_picture_legend(cairo_t *cr, double x, double y);
cairo_status_t libshare_picture_write(void *closure, const unsigned char *data,
				      unsigned int length);

/* Draws on @cr; with @cr NULL only sets the size. */
typedef void libshare_draw_fn(cairo_t *cr, const struct libshare_snapshot *snap,
			      const struct libshare_library *lib, double *width, double *height);

libshare_draw_fn libshare_picture_sharing;
libshare_draw_fn libshare_picture_map;

int libshare_picture_run(const struct libshare_options *options, libshare_draw_fn *draw);

#endif
