/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef NUMBERS_H
#define NUMBERS_H

#define PAGE 4096
#define TABLE_PAGES 256
#define STATE_PAGES 16

/* Reads a byte of each of the first pages of a constant table. */
unsigned int numbers_read(unsigned int pages);

/* Writes a byte to each of the first pages of the library's variables, reads the others. */
void numbers_write(unsigned int pages);

#endif
