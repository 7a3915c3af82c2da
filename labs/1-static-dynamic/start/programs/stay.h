/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef STAY_H
#define STAY_H

#include <stdio.h>

#include "../student.h"

#define PAGE 4096

/* What makes the programs of one student larger than those of another one. */
static const volatile char constants[CONSTANT_PAGES * PAGE + 1] = { 1 };
static volatile char variables[VARIABLE_PAGES * PAGE + 1] = { 1 };

/* With an argument, a program says "ready" and stays until its input ends. */
static inline int stay(int argc)
{
	for (int page = 0; page <= CONSTANT_PAGES; page++)
		(void)constants[page * PAGE];
	for (int page = 0; page <= VARIABLE_PAGES; page++)
		variables[page * PAGE]++;
	if (argc > 1) {
		puts("ready");
		fflush(stdout);
		while (getchar() != EOF)
			;
	}
	return 0;
}

#endif
