// SPDX-License-Identifier: GPL-2.0-only
/* chain: calls the first part of the archive. Leave it as it is. */
#include <stdio.h>

#include "student.h"

#define PASTE(a, b) a##b
#define NAME(number) PASTE(part_, number)
#define BEGIN(number) NAME(number)

int BEGIN(FIRST)(int value);

int main(void)
{
	printf("%d\n", BEGIN(FIRST)(1));
	return 0;
}
