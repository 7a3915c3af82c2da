/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Keys of the live view. Keys without a character are numbered as ncurses does,
 * characters have their negative code.
 */
#ifndef KEYCODES_H
#define KEYCODES_H

#include <ncurses.h>
#include <stdbool.h>

#define CHARACTER(c) (-(c))
#define ESCAPE CHARACTER(27)
#define CONTROL(c) CHARACTER((c) & 31)

static inline bool is_enter(int key)
{
	return key == KEY_ENTER || key == CHARACTER('\r') || key == CHARACTER('\n');
}

static inline bool is_backspace(int key)
{
	return key == KEY_BACKSPACE || key == CHARACTER(127) || key == CHARACTER(8);
}

#endif
