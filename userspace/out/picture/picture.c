// SPDX-License-Identifier: GPL-2.0-only
/* Pictures: files of the form that their names tell, colours, text. */
#include <cairo-pdf.h>
#include <inttypes.h>

#include "data/alloc.h"
#include "data/elffile.h"
#include "data/skipped.h"
#include "data/text.h"
#include "out/batch.h"
#include "out/output.h"
#include "out/picture/picture.h"
#include "out/picture/svg.h"

#define INK(rgb) { ((rgb) >> 16) / 255.0, ((rgb) >> 8 & 255) / 255.0, ((rgb) & 255) / 255.0 }

/*
 * Blues for sharing, orange for copies, greys for what no process maps. No two are alike
 * to the colour-blind, nor in lightness, which is what a printer leaves: tests measure it.
 */
const struct ink ink_shade[SHADES] = {
	[ABSENT] = INK(0xe4e4e4),
	[UNMAPPED] = INK(0xa6a6a6),
	[BY_1] = INK(0xb4d6f2),
	[BY_2] = INK(0x6a9cd0),
	[BY_4] = INK(0x3a6cae),
	[BY_8] = INK(0x1c4d8a),
	[BY_16] = INK(0x08234a),
};

const struct ink ink_copy = INK(0xdd6516);
const struct ink ink_inherited = INK(0xf4ac7c);
const struct ink ink_paper = INK(0xffffff);
const struct ink ink_text = INK(0x212121);
const struct ink ink_faint = INK(0x666666);

/**
 * picture_ink() - Draw in a colour from now on.
 * @cr: The picture.
 * @ink: The colour.
 * @alpha: 1 covers what is below, 0 leaves it.
 */
void picture_ink(cairo_t *cr, const struct ink *ink, double alpha)
{
	cairo_set_source_rgba(cr, ink->red, ink->green, ink->blue, alpha);
}

/**
 * picture_text() - Write a line of text.
 * @cr: The picture.
 * @x: Where it starts.
 * @y: Its base line.
 * @size: Height of the font.
 * @width: What it has room for: what is longer loses its beginning. 0: any.
 * @format: As printf() has it.
 *
 * Return: How wide it is.
 */
double picture_text(cairo_t *cr, double x, double y, double size, double width,
		    const char *format, ...)
{
	cairo_text_extents_t extents;
	char *text, *at, *dots;
	va_list args;
	uint32_t rune;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		err(TROUBLE, "cannot allocate memory");
	va_end(args);
	cairo_select_font_face(cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL,
			       CAIRO_FONT_WEIGHT_NORMAL);
	cairo_set_font_size(cr, size);
	cairo_text_extents(cr, text, &extents);
	for (at = text; width && *at && extents.x_advance > width;) {
		at += text_utf8(at, strlen(at), &rune) ?: 1;
		dots = xasprintf("…%s", at);
		cairo_text_extents(cr, dots, &extents);
		free(dots);
	}
	dots = at == text ? xstrdup(text) : xasprintf("…%s", at);
	if (!svg_text(cr, x, y, size, extents.x_advance, dots, text)) {
		cairo_move_to(cr, x, y);
		cairo_show_text(cr, dots);
	}
	free(dots);
	free(text);
	return extents.x_advance;
}

/**
 * picture_hatch() - Draw stripes over a box.
 * @cr: The picture.
 * @x: Its left edge.
 * @y: Its upper edge.
 * @width: Its width.
 * @height: Its height.
 */
void picture_hatch(cairo_t *cr, double x, double y, double width, double height)
{
	double at;

	cairo_save(cr);
	cairo_rectangle(cr, x, y, width, height);
	cairo_clip(cr);
	picture_ink(cr, &ink_shade[BY_8], 1);
	cairo_set_line_width(cr, 1.2);
	for (at = -height; at < width; at += 4) {
		cairo_move_to(cr, x + at, y + height);
		cairo_line_to(cr, x + at + height, y);
	}
	cairo_stroke(cr);
	cairo_restore(cr);
}

/**
 * picture_swatch() - Explain one colour.
 * @cr: The picture.
 * @x: Where it starts.
 * @y: Base line of its text.
 * @upper: The colour.
 * @lower: That of its lower half; NULL: stripes over the whole.
 * @text: What it stands for.
 *
 * Return: Where the next one starts.
 */
double picture_swatch(cairo_t *cr, double x, double y, const struct ink *upper,
		      const struct ink *lower, const char *text)
{
	picture_ink(cr, upper, 1);
	cairo_rectangle(cr, x, y - 10, 11, 11);
	cairo_fill(cr);
	if (!lower) {
		picture_hatch(cr, x, y - 10, 11, 11);
	} else if (lower != upper) {
		picture_ink(cr, lower, 1);
		cairo_rectangle(cr, x, y - 4.5, 11, 5.5);
		cairo_fill(cr);
	}
	picture_ink(cr, &ink_faint, 1);
	cairo_set_line_width(cr, 0.5);
	cairo_rectangle(cr, x, y - 10, 11, 11);
	cairo_stroke(cr);
	picture_ink(cr, &ink_text, 1);
	return x + 16 + 14 + picture_text(cr, x + 16, y, 12, 0, "%s", text);
}

/**
 * picture_legend() - Explain the colours of pages.
 * @cr: The picture.
 * @x: Where it starts.
 * @y: Base line of its text.
 */
void picture_legend(cairo_t *cr, double x, double y)
{
	static const char *const names[SHADES] = {
		"not in memory", "cached only", "mapped by 1 process", "2–3", "4–7", "8–15",
		"16 and more"
	};
	int i;

	for (i = 0; i < SHADES; i++)
		x = picture_swatch(cr, x, y, &ink_shade[i], &ink_shade[i], names[i]);
}

/**
 * picture_write() - Write what cairo has to write.
 * @closure: The file.
 * @data: The bytes.
 * @length: How many there are.
 *
 * Return: Whether that went well.
 */
cairo_status_t picture_write(void *closure, const unsigned char *data,
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

static struct list choose(const struct options *options, const struct snapshot *snap)
{
	const struct view *view = &tables[LIBRARIES];
	struct list list = list_make(snap, view,
				     &snap->table[LIBRARIES],
				     &options->filter);

	if (batch_explain(options, view, snap, &list))
		exit(NO_MATCH);
	if (!list.nr)
		errx(TROUBLE, "no library is mapped: there is nothing to draw");
	list_sort(&list, column_find(view, "saved", 5), false);
	return list;
}

/* What the picture shows, for those who do not see it. */
static char *describe(const struct subject *subject)
{
	static const char *const what[] = {
		[MODE_PICTURE] = "Which pages of the file are in the page cache, and which of them each process maps or has copied",
		[MODE_MAP] = "All pages of the file, by how many processes map them, and where they have copies",
		[MODE_LINKING] = "Which pages of its files a process maps, at which addresses, with which rights, and which it has copied",
	};
	const struct library *lib = subject->lib;
	uint64_t page = subject->snap->page_size;

	return xasprintf("%s. %s: %" PRIu64 " pages, of which %" PRIu64 " processes map %" PRIu64
			 "; %" PRIu64 " distinct copies.", what[subject->options->mode],
			 lib->path, known(lib->size) / page, known(lib->procs),
			 known(lib->mapped) / page, known(lib->cow_unique) / page);
}

static cairo_surface_t *make_surface(const char *name, FILE *out, const char *title,
				     const char *description, double width, double height)
{
	cairo_surface_t *surface;

	if (has_suffix(name, ".svg"))
		return svg_create(out, title, description, width, height);
	if (has_suffix(name, ".pdf")) {
		surface = cairo_pdf_surface_create_for_stream(picture_write, out, width,
							      height);
		cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title);
		return surface;
	}
	return cairo_image_surface_create(CAIRO_FORMAT_RGB24, 2 * width, 2 * height);
}

static void draw_file(const char *name, draw_fn *draw, const struct subject *subject)
{
	char *description = describe(subject);
	struct output output;
	cairo_surface_t *surface;
	double width, height;
	cairo_t *cr;

	draw(NULL, subject, &width, &height);
	output_open(&output, name, false);
	surface = make_surface(name, output.out, subject->lib->path, description,
			       width, height);
	cr = cairo_create(surface);
	if (cairo_surface_get_type(surface) == CAIRO_SURFACE_TYPE_IMAGE)
		cairo_scale(cr, 2, 2);
	picture_ink(cr, &ink_paper, 1);
	cairo_paint(cr);
	draw(cr, subject, &width, &height);
	if (cairo_status(cr))
		errx(TROUBLE, "cannot draw: %s",
		     cairo_status_to_string(cairo_status(cr)));
	cairo_destroy(cr);
	if (cairo_surface_get_type(surface) == CAIRO_SURFACE_TYPE_IMAGE)
		cairo_surface_write_to_png_stream(surface, picture_write, output.out);
	cairo_surface_finish(surface);
	svg_finish(surface);
	cairo_surface_destroy(surface);
	output_close(&output);
	free(description);
}

/**
 * picture_run() - Draw a library to a file.
 * @options: The command line.
 * @draw: What to draw.
 *
 * Return: The exit status.
 */
int picture_run(const struct options *options, draw_fn *draw)
{
	struct source *source = batch_source(options);
	const char *name = options->target;
	struct subject subject = { .options = options };
	struct snapshot *snap;
	struct list libs;
	int got;

	if (!has_suffix(name, ".svg") && !has_suffix(name, ".png") && !has_suffix(name, ".pdf"))
		errx(TROUBLE, "%s: end the name in .svg, .png or .pdf", name);
	got = source_next(source, HAS(LIBRARIES) | HAS(PROCESSES) | HAS(MAPPINGS) |
			  HAS(PAGES), &snap);
	if (got <= 0)
		errx(TROUBLE, "%s", source_why(source));
	libs = choose(options, snap);
	subject.snap = snap;
	subject.libs = &libs;
	subject.lib = libs.row[0];
	if (!options->replay)
		elf_add(snap, subject.lib);
	skipped_warn(snap, NULL);
	draw_file(name, draw, &subject);
	free(libs.row);
	snapshot_free(snap);
	source_close(source);
	return EXIT_SUCCESS;
}
