// SPDX-License-Identifier: GPL-2.0-only
/*
 * libshare-picture: the pictures of libshare-top, which runs it. Apart from it, since
 * cairo brings 20 libraries that a live view should not map.
 */
#include <locale.h>

#include "options.h"
#include "out/picture/picture.h"

int main(int argc, char **argv)
{
	static struct options options;

	setlocale(LC_ALL, "");
	setlocale(LC_NUMERIC, "C");
	options_parse(&options, argc, argv);
	if (options.mode == MODE_PICTURE)
		return picture_run(&options, picture_sharing);
	if (options.mode == MODE_MAP)
		return picture_run(&options, picture_map);
	if (options.mode == MODE_LINKING)
		return picture_run(&options, picture_linking);
	errx(TROUBLE, "this draws pictures for libshare-top: use --picture, --map or --linking");
}
