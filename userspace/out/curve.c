// SPDX-License-Identifier: GPL-2.0-only
/* Numbers over time, as a line of blocks; digits where the terminal has no UTF-8. */
#include <stdlib.h>
#include <string.h>

#include "data/snapshot.h"
#include "out/curve.h"

#define STEPS 8

static uint64_t largest(const uint64_t *value, size_t nr)
{
	uint64_t most = 0;
	size_t i;

	for (i = 0; i < nr; i++)
		if (known(value[i]) > most)
			most = value[i];
	return most;
}

/**
 * curve_draw() - Draw numbers, each as a block that is as high in proportion.
 * @value: The numbers, first to last. Of more than CURVE of them, some are left out.
 * @nr: How many.
 * @most: The number that a full block stands for; 0: the largest of them.
 * @text: Set to the curve; a number that is not known is a blank.
 */
void curve_draw(const uint64_t *value, size_t nr, uint64_t most, char text[CURVE_TEXT])
{
	static const char *const block[STEPS] = {
		"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"
	};
	static const char *const digit[STEPS] = {
		"0", "1", "2", "3", "4", "5", "6", "7"
	};
	const char *const *step = MB_CUR_MAX > 1 ? block : digit;
	size_t drawn = nr < CURVE ? nr : CURVE, i;

	if (!most)
		most = largest(value, nr);
	*text = '\0';
	for (i = 0; i < drawn; i++) {
		uint64_t at = value[drawn > 1 ? i * (nr - 1) / (drawn - 1) : 0];

		text = stpcpy(text, at == UNKNOWN ? " " :
			      step[most ? (size_t)((double)at * (STEPS - 1) / most) : 0]);
	}
}
