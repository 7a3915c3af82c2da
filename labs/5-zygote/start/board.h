/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The board: a file that all servers map shared, with a line for each. "board"
 * (the script) writes what they should do, they write what they have done.
 */
#ifndef BOARD_H
#define BOARD_H

#define BOARD_MOST 64

struct board_line {
	unsigned int pid;
	unsigned int requests_wanted, requests;
	unsigned int collections_wanted, collections;
	unsigned int wrong;	/* answers that were not as they should be */
	unsigned int holds_wanted, holds;
};

/* serve.c: load the library of objects, once; and do what line INDEX says. */
void serve_load(void);
void serve(unsigned int index) __attribute__((noreturn));

#endif
