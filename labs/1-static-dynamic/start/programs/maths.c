// SPDX-License-Identifier: GPL-2.0-only
/* Functions of libm. */
#include <math.h>

#include "stay.h"

int main(int argc, char **argv)
{
	(void)argv;
	printf("%.6f %.6f\n", sin(argc / 10.0 + 1), pow(argc + 1.5, 2.5));
	return stay(argc);
}
