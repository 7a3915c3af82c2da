// SPDX-License-Identifier: GPL-2.0-only
/* Does nothing at all. */
#include "stay.h"

int main(int argc, char **argv)
{
	(void)argv;
	return stay(argc);
}
