// SPDX-License-Identifier: GPL-2.0-only
/*
 * SVG with text. Cairo writes the outlines of letters, which can be neither searched nor
 * selected. So its drawing is kept in memory, and the texts are written into it.
 */
#include <cairo-svg.h>

#include "out/picture/picture.h"
#include "out/picture/svg.h"

struct svg {
	FILE *out;		/* the file */
	const char *title, *description;
	FILE *drawing, *texts;	/* in memory */
	char *drawn, *written;
	size_t drawn_size, written_size;
};

static const cairo_user_data_key_t key;

static FILE *open_memory(char **text, size_t *size)
{
	FILE *out = open_memstream(text, size);

	if (!out)
		err(TROUBLE, "cannot allocate memory");
	return out;
}

static void print_escaped(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '<')
			fputs("&lt;", out);
		else if (*text == '&')
			fputs("&amp;", out);
		else
			fputc(*text, out);
	}
}

/**
 * svg_create() - Begin an SVG file.
 * @out: The file.
 * @title: Its title, which must stay until svg_finish().
 * @description: What is in it, which must stay as well.
 * @width: Its width.
 * @height: Its height.
 *
 * Return: A surface to draw on.
 */
cairo_surface_t *svg_create(FILE *out, const char *title, const char *description,
			    double width, double height)
{
	struct svg *svg = xcalloc(1, sizeof(*svg));
	cairo_surface_t *surface;

	svg->out = out;
	svg->title = title;
	svg->description = description;
	svg->drawing = open_memory(&svg->drawn, &svg->drawn_size);
	svg->texts = open_memory(&svg->written, &svg->written_size);
	surface = cairo_svg_surface_create_for_stream(picture_write, svg->drawing, width,
						      height);
	if (cairo_surface_set_user_data(surface, &key, svg, NULL))
		err(TROUBLE, "cannot allocate memory");
	return surface;
}

/**
 * svg_text() - Write a line of text into an SVG file.
 * @cr: The picture.
 * @x: Where it starts.
 * @y: Its base line.
 * @size: Height of the font.
 * @width: How wide it is drawn, whatever font the viewer has.
 * @text: What to write.
 * @whole: What @text is short for, or @text.
 *
 * Return: Whether the picture is such a file.
 */
bool svg_text(cairo_t *cr, double x, double y, double size, double width,
	      const char *text, const char *whole)
{
	struct svg *svg = cairo_surface_get_user_data(cairo_get_target(cr), &key);
	double red, green, blue, alpha;

	if (!svg)
		return false;
	cairo_pattern_get_rgba(cairo_get_source(cr), &red, &green, &blue, &alpha);
	fprintf(svg->texts, "<text x=\"%.2f\" y=\"%.2f\" font-size=\"%g\" fill=\"#%02x%02x%02x\"",
		x, y, size, (int)(red * 255 + 0.5), (int)(green * 255 + 0.5),
		(int)(blue * 255 + 0.5));
	if (width > 0)
		fprintf(svg->texts, " textLength=\"%.2f\" lengthAdjust=\"spacingAndGlyphs\"",
			width);
	fputc('>', svg->texts);
	if (strcmp(text, whole)) {
		fputs("<title>", svg->texts);
		print_escaped(svg->texts, whole);
		fputs("</title>", svg->texts);
	}
	print_escaped(svg->texts, text);
	fputs("</text>\n", svg->texts);
	return true;
}

/**
 * svg_finish() - Write the file.
 * @surface: A finished surface. Nothing happens if it is of another kind.
 */
void svg_finish(cairo_surface_t *surface)
{
	struct svg *svg = cairo_surface_get_user_data(surface, &key);
	char *begin, *end;

	if (!svg)
		return;
	if (fclose(svg->drawing) || fclose(svg->texts))
		err(TROUBLE, "cannot allocate memory");
	begin = strstr(svg->drawn, "<svg ");
	begin = begin ? strchr(begin, '>') : NULL;
	end = begin ? strstr(begin, "</svg>") : NULL;
	if (!end)
		errx(TROUBLE, "cannot draw: cairo wrote something else than SVG");
	fwrite(svg->drawn, 1, begin + 1 - svg->drawn, svg->out);
	fputs("\n<title>", svg->out);
	print_escaped(svg->out, svg->title);
	fputs("</title>\n<desc>", svg->out);
	print_escaped(svg->out, svg->description);
	fputs("</desc>", svg->out);
	fwrite(begin + 1, 1, end - begin - 1, svg->out);
	/* What is written is over what is drawn. */
	fprintf(svg->out, "<g font-family=\"sans-serif\">\n%s</g>\n%s", svg->written, end);
	free(svg->drawn);
	free(svg->written);
	free(svg);
}
