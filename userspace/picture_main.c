// SPDX-License-Identifier: GPL-2.0-only
/*
 * libshare-picture: --picture and --map of libshare-top, which runs it. Apart from it,
 * since cairo brings 20 libraries that a live view should not map.
 */
#include <locale.h>

#include "options.h"
#include "picture.h"

int main(int argc, char **argv)
{
	static struct libshare_options options;

	setlocale(LC_ALL, "");
	setlocale(LC_NUMERIC, "C");
	libshare_options_parse(&options, argc, argv);
	if (options.mode != LIBSHARE_MODE_PICTURE && options.mode != LIBSHARE_MODE_MAP)
		errx(LIBSHARE_TROUBLE, "this draws pictures for libshare-top: use --picture or --map");
	return libshare_picture_run(&options, options.mode == LIBSHARE_MODE_MAP ?
				    libshare_picture_map : libshare_picture_sharing);
}
