// SPDX-License-Identifier: GPL-2.0-only
/*
 * Part NUMBER of the archive, of which there are ten: it is this file, compiled ten times.
 * It calls the part that is STEP further, unless it is the last one of the chain that
 * begins with FIRST. Leave it as it is.
 */
#include "../student.h"

#define NEXT ((NUMBER + STEP) % 10)
#define PASTE(a, b) a##b
#define NAME(number) PASTE(part_, number)

#if NEXT == 0
#define CALLED part_0
#elif NEXT == 1
#define CALLED part_1
#elif NEXT == 2
#define CALLED part_2
#elif NEXT == 3
#define CALLED part_3
#elif NEXT == 4
#define CALLED part_4
#elif NEXT == 5
#define CALLED part_5
#elif NEXT == 6
#define CALLED part_6
#elif NEXT == 7
#define CALLED part_7
#elif NEXT == 8
#define CALLED part_8
#else
#define CALLED part_9
#endif

int NAME(NUMBER)(int value);
int CALLED(int value);

int NAME(NUMBER)(int value)
{
	value = 3 * value + NUMBER;
#if NUMBER != (FIRST + (CHAIN - 1) * STEP) % 10
	if (value < 1000)
		return CALLED(value);
#endif
	return value;
}
