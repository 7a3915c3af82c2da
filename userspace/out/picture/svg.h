/* SPDX-License-Identifier: GPL-2.0-only */
/* SVG in which text is text. */
#ifndef PICTURE_SVG_H
#define PICTURE_SVG_H

#include <cairo.h>
#include <stdbool.h>
#include <stdio.h>

cairo_surface_t *svg_create(FILE *out, const char *title, const char *description,
			    double width, double height);
bool svg_text(cairo_t *cr, double x, double y, double size, double width,
	      const char *text, const char *whole);
void svg_finish(cairo_surface_t *surface);

#endif
