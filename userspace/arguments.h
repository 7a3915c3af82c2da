/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_ARGUMENTS_H
#define LIBSHARE_ARGUMENTS_H

#include "options.h"

uint64_t libshare_argument_number(const char *option, const char *text);
uint64_t libshare_argument_size(const char *option, const char *text);
uint64_t libshare_argument_memory(const char *text);
uint64_t libshare_argument_delay(const char *text);
enum libshare_source_choice libshare_argument_source(const char *name);

#endif
