// SPDX-License-Identifier: GPL-2.0-only
/* server INDEX: one server. */
#include <err.h>
#include <stdlib.h>

#include "board.h"

int main(int argc, char **argv)
{
	if (argc != 2)
		errx(2, "usage: server INDEX");
	serve(atoi(argv[1]));
}
