/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers over time, as a line of blocks. */
#ifndef CURVE_H
#define CURVE_H

#include <stddef.h>
#include <stdint.h>

#define CURVE 24			/* characters of the longest curve */
#define CURVE_TEXT (4 * CURVE + 1)	/* bytes that one may take */

void curve_draw(const uint64_t *value, size_t nr, uint64_t most, char text[CURVE_TEXT]);

#endif
