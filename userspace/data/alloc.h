/* SPDX-License-Identifier: GPL-2.0-only */
/* Allocation that exits on failure: no part of the program can go on without memory. */
#ifndef ALLOC_H
#define ALLOC_H

#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define __printf(format, arguments) __attribute__((__format__(printf, format, arguments)))

static inline void *xrealloc(void *p, size_t nr, size_t size)
{
	p = reallocarray(p, nr ? nr : 1, size);
	if (!p)
		err(2, "cannot allocate memory");
	return p;
}

static inline void *xcalloc(size_t nr, size_t size)
{
	void *p = calloc(nr ? nr : 1, size);

	if (!p)
		err(2, "cannot allocate memory");
	return p;
}

static inline char *xstrdup(const char *text)
{
	size_t size = strlen(text) + 1;

	return memcpy(xrealloc(NULL, size, 1), text, size);
}

__printf(1, 2)
static inline char *xasprintf(const char *format, ...)
{
	va_list args;
	char *text;
	int len;

	va_start(args, format);
	len = vasprintf(&text, format, args);
	va_end(args);
	if (len < 0)
		err(2, "cannot allocate memory");
	return text;
}

#endif
