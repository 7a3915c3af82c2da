/* SPDX-License-Identifier: GPL-2.0-only */
/* The time. */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>
#include <time.h>

/**
 * clock_ns() - Read a clock.
 * @clock: As clock_gettime() has it.
 *
 * Return: Nanoseconds.
 */
static inline uint64_t clock_ns(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return time.tv_sec * 1000000000ull + time.tv_nsec;
}

#endif
