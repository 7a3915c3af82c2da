// SPDX-License-Identifier: GPL-2.0-only
/* Pictures: files of the form that their names tell, colours, text. */
#include <cairo-pdf.h>

#include "alloc.h"
#include "batch.h"
#include "elffile.h"
#include "output.h"
#include "picture.h"
#include "picture_svg.h"
#include "skipped.h"
#include "text.h"

#define HAS(id) LIBSHARE_HAS(LIBSHARE_##id)

#define INK(rgb) { ((rgb) >> 16) / 255.0, ((rgb) >> 8 & 255) / 255.0, ((rgb) & 255) / 255.0 }

/*
 * Blues for sharing, orange for copies, greys for what no process maps. No two are alike
 * to the colour-blind, nor in lightness, which is what a printer leaves: tests measure it.
 */
const struct libshare_ink libshare_ink_shade[LIBSHARE_SHADES] = {
	[LIBSHARE_ABSENT] = INK(0xe4e4e4),
	[LIBSHARE_UNMAPPED] = INK(0xa6a6a6),
	[LIBSHARE_BY_1] = INK(0xb4d6f2),
	[LIBSHARE_BY_2] = INK(0x6a9cd0),
	[LIBSHARE_BY_4] = INK(0x3a6cae),
	[LIBSHARE_BY_8] = INK(0x1c4d8a),
	[LIBSHARE_BY_16] = INK(0x08234a),
};

const struct libshare_ink libshare_ink_copy = INK(0xdd6516);
const struct libshare_ink libshare_ink_inherited = INK(0xf4ac7c);
const struct libshare_ink libshare_ink_paper = INK(0xffffff);
const struct libshare_ink libshare_ink_text = INK(0x212121);
const struct libshare_ink libshare_ink_faint = INK(0x666666);

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
	if (!libshare_svg_text(cr, x, y, size, extents.x_advance, dots, text)) {
		cairo_move_to(cr, x, y);
		cairo_show_text(cr, dots);
	}
	free(dots);
	free(text);
	return extents.x_advance;
}

/**
 * libshare_picture_hatch() - Draw stripes over a box.
 * @cr: The picture.
 * @x: Its left edge.
 * @y: Its upper edge.
 * @width: Its width.
 * @height: Its height.
 */
void libshare_picture_hatch(cairo_t *cr, double x, double y, double width, double height)
{
	double at;

	cairo_save(cr);
	cairo_rectangle(cr, x, y, width, height);
	cairo_clip(cr);
	libshare_picture_ink(cr, &libshare_ink_shade[LIBSHARE_BY_8], 1);
	cairo_set_line_width(cr, 1.2);
	for (at = -height; at < width; at += 4) {
		cairo_move_to(cr, x + at, y + height);
		cairo_line_to(cr, x + at + height, y);
	}
	cairo_stroke(cr);
	cairo_restore(cr);
}

/**
 * libshare_picture_swatch() - Explain one colour.
 * @cr: The picture.
 * @x: Where it starts.
 * @y: Base line of its text.
 * @upper: The colour.
 * @lower: That of its lower half; NULL: stripes over the whole.
 * @text: What it stands for.
 *
 * Return: Where the next one starts.
 */
double libshare_picture_swatch(cairo_t *cr, double x, double y, const struct libshare_ink *upper,
			       const struct libshare_ink *lower, const char *text)
{
	libshare_picture_ink(cr, upper, 1);
	cairo_rectangle(cr, x, y - 10, 11, 11);
	cairo_fill(cr);
	if (!lower) {
		libshare_picture_hatch(cr, x, y - 10, 11, 11);
	} else if (lower != upper) {
		libshare_picture_ink(cr, lower, 1);
		cairo_rectangle(cr, x, y - 4.5, 11, 5.5);
		cairo_fill(cr);
	}
	libshare_picture_ink(cr, &libshare_ink_faint, 1);
	cairo_set_line_width(cr, 0.5);
	cairo_rectangle(cr, x, y - 10, 11, 11);
	cairo_stroke(cr);
	libshare_picture_ink(cr, &libshare_ink_text, 1);
	return x + 16 + 14 + libshare_picture_text(cr, x + 16, y, 12, 0, "%s", text);
}

/**
 * libshare_picture_legend() - Explain the colours of pages.
 * @cr: The picture.
 * @x: Where it starts.
 * @y: Base line of its text.
 */
void libshare_picture_legend(cairo_t *cr, double x, double y)
{
	static const char *const names[LIBSHARE_SHADES] = {
		"not in memory", "cached only", "mapped by 1 process", "2–3", "4–7", "8–15",
		"16 and more"
	};
	int i;

	for (i = 0; i < LIBSHARE_SHADES; i++)
		x = libshare_picture_swatch(cr, x, y, &libshare_ink_shade[i],
					    &libshare_ink_shade[i], names[i]);
}

/**
 * libshare_picture_write() - Write what cairo has to write.
 * @closure: The file.
 * @data: The bytes.
 * @length: How many there are.
 *
 * Return: Whether that went well.
 */
cairo_status_t libshare_picture_write(void *closure, const unsigned char *data,
				      unsigned int length)
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

static cairo_surface_t *make_surface(const char *name, FILE *out, const char *title,
				     double width, double height)
{
	cairo_surface_t *surface;

	if (has_suffix(name, ".svg"))
		return libshare_svg_create(out, title, width, height);
	if (has_suffix(name, ".pdf")) {
		surface = cairo_pdf_surface_create_for_stream(libshare_picture_write, out, width,
							      height);
		cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title);
		return surface;
	}
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
	surface = make_surface(name, output.out, lib->path, width, height);
	cr = cairo_create(surface);
	if (cairo_surface_get_type(surface) == CAIRO_SURFACE_TYPE_IMAGE)
		cairo_scale(cr, 2, 2);
	libshare_picture_ink(cr, &libshare_ink_paper, 1);
	cairo_paint(cr);
	draw(cr, snap, lib, &width, &height);
	if (cairo_status(cr))
		errx(LIBSHARE_TROUBLE, "cannot draw: %s",
		     cairo_status_to_string(cairo_status(cr)));
	cairo_destroy(cr);
	if (cairo_surface_get_type(surface) == CAIRO_SURFACE_TYPE_IMAGE)
		cairo_surface_write_to_png_stream(surface, libshare_picture_write, output.out);
	cairo_surface_finish(surface);
	libshare_svg_finish(surface);
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
