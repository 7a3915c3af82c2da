/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef NUMBERS_H
#define NUMBERS_H

#include "student.h"

#define PAGE 4096

/* Reads a byte of each of the first pages of a constant table. */
unsigned int numbers_read(unsigned int pages);

/* Writes a byte to each of the first pages of the library's variables, reads the others. */
void numbers_write(unsigned int pages);

#endif
