// SPDX-License-Identifier: GPL-2.0-only
/*
 * interpose.so, for LD_PRELOAD: price_0() costs twice of what the library says.
 *
 * TODO: a function of that name, which asks the library's own (dlsym(3), RTLD_NEXT).
 */
#define _GNU_SOURCE
#include <dlfcn.h>

#include "prices.h"
