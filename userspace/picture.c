// SPDX-License-Identifier: GPL-2.0-only
/* Pictures: files of the form that their names tell, colours, text. */
#include <cairo-pdf.h>
#include <cairo-svg.h>

#include "alloc.h"
#include "batch.h"
#include "elffile.h"
#include "output.h"
#include "picture.h"
#include "skipped.h"
#include "text.h"

#define HAS(id) LIBSHARE_HAS(LIBSHARE_##id)

/* Blues for sharing; the copies' orange is told from them by everybody. */
const struct libshare_ink libshare_ink_shade[LIBSHARE_SHADES] = {
	[LIBSHARE_ABSENT] = { 1, 1, 1 },
	[LIBSHARE_UNMAPPED] = { 0.87, 0.87, 0.87 },
	[LIBSHARE_BY_1] = { 0.78, 0.86, 0.94 },
	[LIBSHARE_BY_2] = { 0.62, 0.79, 0.88 },
	[LIBSHARE_BY_4] = { 0.42, 0.68, 0.84 },
	[LIBSHARE_BY_8] = { 0.19, 0.51, 0.74 },
	[LIBSHARE_BY_16] = { 0.03, 0.32, 0.61 },
};

/* Told from the blues by its hue, and from the copies by its lightness. */
const struct libshare_ink libshare_ink_shared = { 0.45, 0.73, 0.55 };
const struct libshare_ink libshare_ink_copy = { 0.90, 0.38, 0.05 };
const struct libshare_ink libshare_ink_text = { 0.13, 0.13, 0.13 };
const struct libshare_ink libshare_ink_faint = { 0.45, 0.45, 0.45 };

/**
 * libshare_picture_ink() - Draw in a colour from now on.
 * @cr: The picture.
 * @ink: The colour.
 * @alpha: 1 covers what is below, 0 leaves it.
 */
void libshare_picture_ink(cairo_t *cr, const struct libshare_ink *ink, double alpha)
{
	cairo_set_source_rgba(cr, ink->red, ink->green, ink->blue, alpha);
}

/**
 * libshare_picture_text() - Write a line of text.
 * @cr: The picture.
 * @x: Where it starts.
 * @y: Its base line.
 * @size: Height of the font.
 * @width: What it has room for: what is longer loses its beginning. 0: any.
 * @format: As printf() has it.
 *
 * Return: How wide it is.
 */
double libshare_picture_text(cairo_t *cr, double x, double y, double size, double width,
			     const char *format, ...)
{
	cairo_text_extents_t extents;
	char *text, *at, *dots;
	va_list args;
	uint32_t rune;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		err(LIBSHARE_TROUBLE, "cannot allocate memory");
	va_end(args);
	cairo_select_font_face(cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL,
			       CAIRO_FONT_WEIGHT_NORMAL);
	cairo_set_font_size(cr, size);
	cairo_text_extents(cr, text, &extents);
	for (at = text; width && *at && extents.x_advance > width;) {
		at += libshare_text_utf8(at, strlen(at), &rune) ?: 1;
		dots = xasprintf("…%s", at);
		cairo_text_extents(cr, dots, &extents);
		free(dots);
	}
	dots = at == text ? xstrdup(text) : xasprintf("…%s", at);
	cairo_move_to(cr, x, y);
	cairo_show_text(cr, dots);
	free(dots);
	free(text);
	return extents.x_advance;
}

/**
 * libshare_picture_swatch() - Explain one colour.
 * @cr: The picture.
 * @x: Where it starts.
 * @y: Base line of its text.
 * @ink: The colour.
 * @alpha: As libshare_picture_ink() has it.
 * @text: What it stands for.
 *
 * Return: Where the next one starts.
 */
double libshare_picture_swatch(cairo_t *cr, double x, double y, const struct libshare_ink *ink,
			       double alpha, const char *text)
{
	libshare_picture_ink(cr, ink, alpha);
	cairo_rectangle(cr, x, y - 10, 11, 11);
	cairo_fill_preserve(cr);
	libshare_picture_ink(cr, &libshare_ink_faint, 1);
	cairo_set_line_width(cr, 0.5);
	cairo_stroke(cr);
	libshare_picture_ink(cr, &libshare_ink_text, 1);
	return x + 16 + 14 + libshare_picture_text(cr, x + 16, y, 12, 0, "%s", text);
}

/**
 * libshare_picture_legend() - Explain the colours that all pictures have.
 * @cr: The picture.
 * @x: Where it starts.
 * @y: Base line of its text.
 *
 * Return: Where a swatch that follows starts.
 */
double libshare_picture_legend(cairo_t *cr, double x, double y)
{
	static const char *const names[LIBSHARE_SHADES] = {
		"not in memory", "cached only", "1 process", "2–3", "4–7", "8–15", "16 and more"
	};
	int i;

	for (i = 0; i < LIBSHARE_SHADES; i++)
		x = libshare_picture_swatch(cr, x, y, &libshare_ink_shade[i], 1, names[i]);
	return libshare_picture_swatch(cr, x, y, &libshare_ink_copy, 1, "copied");
}

static cairo_status_t write_bytes(void *closure, const unsigned char *data, unsigned int length)
{
	return fwrite(data, 1, length, closure) == length ? CAIRO_STATUS_SUCCESS :
							    CAIRO_STATUS_WRITE_ERROR;
}

static bool has_suffix(const char *name, const char *suffix)
{
	size_t len = strlen(name), n = strlen(suffix);

	return len > n && !strcasecmp(name + len - n, suffix);
}

static const struct libshare_library *choose(const struct libshare_options *options,
					     const struct libshare_snapshot *snap)
{
	const struct libshare_view *view = &libshare_tables[LIBSHARE_LIBRARIES];
	struct libshare_list list = libshare_list_make(snap, view,
						       &snap->table[LIBSHARE_LIBRARIES],
						       &options->filter);
	const struct libshare_library *lib;

	if (libshare_batch_explain(options, view, snap, &list))
		exit(LIBSHARE_NO_MATCH);
	if (!list.nr)
		errx(LIBSHARE_TROUBLE, "no library is mapped: there is nothing to draw");
	libshare_list_sort(&list, libshare_column_find(view, "saved", 5), false);
	lib = list.row[0];
	free(list.row);
	return lib;
}

static cairo_surface_t *make_surface(const char *name, FILE *out, double width, double height)
{
	if (has_suffix(name, ".svg"))
		return cairo_svg_surface_create_for_stream(write_bytes, out, width, height);
	if (has_suffix(name, ".pdf"))
		return cairo_pdf_surface_create_for_stream(write_bytes, out, width, height);
	return cairo_image_surface_create(CAIRO_FORMAT_RGB24, 2 * width, 2 * height);
}

static void draw_file(const char *name, libshare_draw_fn *draw,
		      const struct libshare_snapshot *snap, const struct libshare_library *lib)
{
	struct libshare_output output;
	cairo_surface_t *surface;
	double width, height;
	cairo_t *cr;

	draw(NULL, snap, lib, &width, &height);
	libshare_output_open(&output, name, false);
	surface = make_surface(name, output.out, width, height);
	cr = cairo_create(surface);
	if (cairo_surface_get_type(surface) == CAIRO_SURFACE_TYPE_IMAGE)
		cairo_scale(cr, 2, 2);
	cairo_set_source_rgb(cr, 1, 1, 1);
	cairo_paint(cr);
	draw(cr, snap, lib, &width, &height);
	if (cairo_status(cr))
		errx(LIBSHARE_TROUBLE, "cannot draw: %s",
		     cairo_status_to_string(cairo_status(cr)));
	cairo_destroy(cr);
	if (cairo_surface_get_type(surface) == CAIRO_SURFACE_TYPE_IMAGE)
		cairo_surface_write_to_png_stream(surface, write_bytes, output.out);
	cairo_surface_finish(surface);
	cairo_surface_destroy(surface);
	libshare_output_close(&output);
}

/**
 * libshare_picture_run() - Draw a library to a file.
 * @options: The command line.
 * @draw: What to draw.
 *
 * Return: The exit status.
 */
int libshare_picture_run(const struct libshare_options *options, libshare_draw_fn *draw)
{
	struct libshare_source *source = libshare_batch_source(options);
	const char *name = options->target;
	const struct libshare_library *lib;
	struct libshare_snapshot *snap;
	int got;

	if (!has_suffix(name, ".svg") && !has_suffix(name, ".png") && !has_suffix(name, ".pdf"))
		errx(LIBSHARE_TROUBLE, "%s: end the name in .svg, .png or .pdf", name);
	got = libshare_source_next(source, HAS(LIBRARIES) | HAS(PROCESSES) | HAS(MAPPINGS) |
				   HAS(PAGES), &snap);
	if (got <= 0)
		errx(LIBSHARE_TROUBLE, "%s", libshare_source_why(source));
	lib = choose(options, snap);
	if (!options->replay)
		libshare_elf_add(snap, lib);
	libshare_skipped_warn(snap, NULL);
	draw_file(name, draw, snap, lib);
	libshare_snapshot_free(snap);
	libshare_source_close(source);
	return EXIT_SUCCESS;
}
